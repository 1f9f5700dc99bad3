// Numbers known while a file is read: initialisers, constants, inputs that were fixed. Filled tensors (ConstantOfShape) keep
// one number until somebody asks for all.
import { allocate, type DType } from '../../../tensor/dtype.ts';
import { numel, type Shape } from '../../../tensor/shape.ts';
import type { Tensor } from '../../../tensor/tensor.ts';

export interface Literal {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Every element is this number. */
  readonly fill?: number;
  /** All elements, row by row. Not to be written to. */
  data(): Float32Array | Int32Array;
}

/** A tensor whose numbers are there. */
export function literalOf({ dtype, shape, data }: Tensor): Literal {
  return { dtype, shape, data: () => data };
}

/** One number throughout; the array is made when somebody reads it. */
export function filled(dtype: DType, shape: Shape, fill: number): Literal {
  let made: Float32Array | Int32Array | undefined;
  return {
    dtype,
    shape,
    fill,
    data() {
      made ??= allocate(dtype, numel(shape)).fill(fill);
      return made;
    },
  };
}

/** The same numbers in another shape of as many elements. */
export function reshaped(literal: Literal, shape: Shape): Literal {
  return { ...literal, shape };
}

/** The tensor with its numbers. */
export function tensorOf({ dtype, shape, data }: Literal): Tensor {
  return { dtype, shape, data: data() };
}
