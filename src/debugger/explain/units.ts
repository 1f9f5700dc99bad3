// Which elements of a value are one unit: what learns or dies together.
import { numel, type Shape } from '../../tensor/shape.ts';

export interface Units {
  readonly count: number;
  /** Elements of one unit lie in `outer` runs of `inner`. */
  readonly outer: number;
  readonly inner: number;
}

/** Feature maps of pictures (dimension 1 from rank 4 on), else the last dimension; none of a vector, whose only one is the batch. */
export function unitsOf(shape: Shape): Units {
  if (shape.length < 2) return { count: 0, outer: 0, inner: 0 };
  const axis = shape.length >= 4 ? 1 : shape.length - 1;
  return { count: shape[axis] ?? 0, outer: numel(shape.slice(0, axis)), inner: numel(shape.slice(axis + 1)) };
}
