import type { Access } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';

/** Called once a point: coordinates, and the position of every access in its buffer (both arrays are reused). */
export type Visit = (index: Int32Array, at: Int32Array) => void;

/** Visits every point of `shape` in row-major order; a scalar shape has one point, a shape with a 0 none. */
export function walk(shape: Shape, accesses: readonly Pick<Access, 'offset' | 'strides'>[], visit: Visit): void {
  const index = new Int32Array(shape.length);
  const at = Int32Array.from(accesses, (access) => access.offset);
  for (let left = numel(shape); left > 0; left--) {
    visit(index, at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      const wraps = index[axis] === size - 1;
      const move = wraps ? 1 - size : 1;
      for (let a = 0; a < at.length; a++) at[a]! += move * (accesses[a]?.strides[axis] as number);
      if (!wraps) {
        index[axis]!++;
        break;
      }
      index[axis] = 0;
    }
  }
}
