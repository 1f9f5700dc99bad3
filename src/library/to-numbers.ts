// What callers hand over as numbers: one number, nested lists, a typed array that goes row by row, or a tensor.
import { numel, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

export type NestedNumbers = number | readonly NestedNumbers[];
export type Numbers = NestedNumbers | Tensor | Float32Array | Float64Array | Int32Array | Uint8Array;

/** The numbers row by row, of the wanted shape. Throws RangeError with `name` and both shapes where they do not fit. */
export function toNumbers(value: Numbers, wanted: Shape, name: string): ArrayLike<number> {
  const misfit = (given: string) => new RangeError(`\`${name}\` takes [${wanted.join(', ')}], not ${given}`);
  if (ArrayBuffer.isView(value)) {
    if (value.length !== numel(wanted)) throw misfit(`${value.length} numbers`);
    return value;
  }
  if (typeof value === 'object' && 'shape' in value) {
    const scalar = wanted.length === 0 && value.data.length === 1;
    if (!scalar && value.shape.join() !== wanted.join()) throw misfit(`[${value.shape.join(', ')}]`);
    return value.data;
  }
  const flat: number[] = [];
  const given = shapeOf(value);
  if (!collect(value, given, 0, flat)) throw misfit('lists of uneven lengths');
  if (given.join() !== wanted.join()) throw misfit(`[${given.join(', ')}]`);
  return flat;
}

function shapeOf(value: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let at: NestedNumbers | undefined = value; typeof at === 'object'; at = at[0]) shape.push(at.length);
  return shape;
}

/** False where a list has another length than its neighbours. */
function collect(value: NestedNumbers, shape: Shape, axis: number, into: number[]): boolean {
  if (typeof value === 'number') {
    into.push(value);
    return axis === shape.length;
  }
  return value.length === shape[axis] && value.every((each) => collect(each, shape, axis + 1, into));
}
