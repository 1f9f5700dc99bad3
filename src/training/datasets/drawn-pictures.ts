// Pictures drawn by code, endless and seeded: what digits and shapes share. Example i of a split is a function of (seed, i).

import { streamKey } from '../../tensor/random.ts';
import { numel } from '../../tensor/shape.ts';
import type { DataFields, Dataset, Split, SplitName } from './dataset.ts';
import { balancedClass, createExampleRandom, type ExampleRandom } from './example-random.ts';

/** Draws a picture of class `label` at `offset` of `out`, with the random numbers of the current example. */
export type Painter = (label: number, out: Float32Array | Int32Array, offset: number) => void;

/** Validation holds a quarter as many examples as an epoch, but no more than this. */
const mostHeld = 1000;

/** A data set of `examples` pictures an epoch, classes in balance. */
export function openDrawnPictures(
  { id, title, fields }: { readonly id: string; readonly title: string; readonly fields: DataFields },
  examples: number,
  seed: number,
  createPainter: (random: ExampleRandom) => Painter,
): Dataset {
  const classes = fields['label']?.classes ?? 1;
  const size = numel(fields['image']?.shape ?? []);
  const split = (name: SplitName, count: number): Split => {
    const key = streamKey(seed, `${id}/${name}`);
    const random = createExampleRandom();
    const draw = createPainter(random);
    return {
      count,
      endless: true,
      fill(field, indices, from, n, out) {
        for (let i = 0; i < n; i++) {
          const index = indices[from + i] as number;
          const label = balancedClass(key, index, classes);
          if (field === 'label') out[i] = label;
          else {
            random.restart(key, index);
            draw(label, out, i * size);
          }
        }
      },
    };
  };
  const held = Math.max(classes, Math.min(mostHeld, Math.round(examples / 4)));
  return {
    id,
    title,
    fields,
    splits: { train: split('train', examples), validation: split('validation', held), test: split('test', mostHeld) },
  };
}
