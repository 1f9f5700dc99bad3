import type { DType, NumericArray } from '../../tensor/dtype.ts';

/** Writes a number as its buffer's type holds it: int32 truncates towards 0, saturates, and takes NaN for 0. */
export function store(to: NumericArray, at: number, value: number, dtype: DType): void {
  to[at] = dtype === 'int32' ? Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1)) || 0 : value;
}
