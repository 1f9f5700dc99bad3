// Weights of the file in the layout that our layers keep them in.
import { allocate } from '../../../../tensor/dtype.ts';
import type { Literal } from '../../reading/literal.ts';
import { filled } from '../../reading/literal.ts';

/** [K, N] → [N, K] */
export function matrixTransposed(literal: Literal): Literal {
  const [rows, columns] = literal.shape as [number, number];
  const shape = [columns, rows];
  if (literal.fill !== undefined) return filled(literal.dtype, shape, literal.fill);
  const from = literal.data();
  const data = allocate(literal.dtype, from.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[j * rows + i] = from[i * columns + j] as number;
  return { dtype: literal.dtype, shape, data: () => data };
}

/** One number as a vector of `count`. */
export function spread(literal: Literal, count: number): Literal {
  return filled(literal.dtype, [count], literal.data()[0] as number);
}
