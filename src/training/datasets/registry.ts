// All data sets. File sets stand in the order in which a dropped file is tried: the particular before the general.
import { characters } from './characters.ts';
import { cifar10 } from './cifar10.ts';
import { cifar100 } from './cifar100.ts';
import type { BuiltInDataset, FileDataset } from './dataset.ts';
import { digits } from './digits.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { mnist } from './mnist.ts';
import { moons } from './moons.ts';
import { shapes } from './shapes.ts';
import { spirals } from './spirals.ts';
import { table } from './table.ts';
import { text } from './text.ts';
import { xor } from './xor.ts';

export const builtInDatasets: readonly BuiltInDataset<unknown>[] = [digits, shapes, spirals, moons, xor, characters];

export const fileDatasets: readonly FileDataset<unknown>[] = [fashionMnist, mnist, cifar100, cifar10, table, text];

/** The declaration called `id`; `-` and `_` are the same. */
export function findDataset(id: string): BuiltInDataset<unknown> | FileDataset<unknown> | undefined {
  const wanted = id.toLowerCase().replaceAll('-', '_');
  return [...builtInDatasets, ...fileDatasets].find((declaration) => declaration.id === wanted);
}
