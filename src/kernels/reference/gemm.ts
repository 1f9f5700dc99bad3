import { columnShift } from '../../program/gemm-columns.ts';
import type { GemmSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { compileEpilogue } from './epilogue.ts';
import { walk } from './walk.ts';

/** Batched matrix product with any strides, each element summed over k in order. */
export function gemm(spec: GemmSpec, inputs: readonly NumericArray[], outputs: readonly NumericArray[]): void {
  const [a, b, ...operands] = inputs as readonly [NumericArray, NumericArray];
  const store = compileEpilogue(spec.epilogue, operands, outputs);
  const shape = [...spec.batch, spec.m, spec.n];
  let to = 0;
  const rows = { offset: spec.a.offset, strides: [...spec.a.batch, spec.a.row, 0] };
  const columns = { offset: spec.b.offset, strides: [...spec.b.batch, 0, spec.b.column] };
  walk(shape, [rows, columns], (index, at) => {
    const row = at[0] as number;
    const column = (at[1] as number) + columnShift(spec.b, index.at(-1) ?? 0);
    let sum = 0;
    for (let k = 0; k < spec.k; k++) {
      sum += (a[row + k * spec.a.column] as number) * (b[column + k * spec.b.row] as number);
    }
    store(sum, index, to++);
  });
}
