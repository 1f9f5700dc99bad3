// Numbers as a graph file writes them: one number for every element, a flat list, or lists nested as the shape says.
import { z } from 'zod';
import { formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';

/** Depth is checked by `readValues`, without recursion: files may be hostile. */
export const valuesSchema = z.union([z.number(), z.array(z.unknown())], {
  error: 'a value is a number, or lists of numbers',
});

export type NestedValues = z.output<typeof valuesSchema>;

const deepest = 8;
/** Numbers that one written number may be repeated to: 16 MB of them; beyond it `expand` is meant. */
const most = 2 ** 22;

export interface ReadValues {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** Numbers and their shape, or what is wrong in words. Without `shape` the nesting tells it. */
export function readValues(given: NestedValues, shape?: Shape): ReadValues | { readonly fault: string } {
  if (typeof given === 'number') {
    const count = numel(shape ?? []);
    if (count > most) return { fault: `is to fill ${formatShape(shape ?? [])}, more than ${most} numbers` };
    return { shape: shape ?? [], values: new Array<number>(count).fill(given) };
  }
  const own: number[] = [];
  let level: readonly unknown[] = [given];
  while (level.some(Array.isArray)) {
    if (own.length === deepest) return { fault: `is nested more than ${deepest} deep` };
    const lists = level.filter(Array.isArray) as (readonly unknown[])[];
    const size = lists[0]?.length ?? 0;
    const uneven = lists.find((list) => list.length !== size);
    if (uneven) return { fault: `holds lists of ${size} and of ${uneven.length} side by side` };
    if (lists.length !== level.length) return { fault: 'mixes numbers and lists' };
    own.push(size);
    level = lists.flat();
  }
  const wrong = level.find((value) => typeof value !== 'number');
  if (wrong !== undefined) return { fault: `holds ${JSON.stringify(wrong)}, which is not a number` };
  const values = level as readonly number[];
  if (!shape) return { shape: own, values };
  const fits = sameShape(own, shape) || (own.length === 1 && own[0] === numel(shape));
  return fits ? { shape, values } : { fault: `holds ${formatShape(own)} numbers, the shape is ${formatShape(shape)}` };
}
