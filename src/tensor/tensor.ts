import type { DType } from './dtype.ts';
import { numel, type Shape } from './shape.ts';

/** A contiguous row-major tensor outside any arena: feeds, weights, files, results. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Float32Array | Int32Array;
}

/** Tensor of given numbers. Throws when their count does not fit the shape. */
export function tensor(shape: Shape, values: ArrayLike<number>, dtype: DType = 'float32'): Tensor {
  if (values.length !== numel(shape)) {
    throw new RangeError(`shape [${shape.join(', ')}] holds ${numel(shape)} elements, got ${values.length}`);
  }
  return { dtype, shape, data: dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values) };
}
