// The row of any kernel. Whole numbers, draws and choices have no slope.
import type { KernelOp, KernelSpec } from '../../../program/kernel-spec.ts';
import type { NumericArray } from '../../../tensor/dtype.ts';
import {
  assembleRow,
  avgPoolRow,
  gatherRow,
  maxPoolGradRow,
  maxPoolRow,
  scatterAddRow,
  softmaxRow,
  viewRow,
} from './moving-rows.ts';
import { elementwiseRow, reduceRow } from './pointwise-rows.ts';
import { conv2dRow, gemmRow } from './product-rows.ts';
import type { Link, Row } from './row.ts';

const flat = (): void => {
  // nothing here has a slope
};

const rows: { readonly [O in KernelOp]: Row<O> } = {
  elementwise: elementwiseRow,
  reduce: reduceRow,
  integer: flat,
  arg_reduce: flat,
  gemm: gemmRow,
  conv2d: conv2dRow,
  max_pool2d: maxPoolRow,
  max_pool2d_grad: maxPoolGradRow,
  avg_pool2d: avgPoolRow,
  softmax: softmaxRow,
  assemble: assembleRow,
  gather: gatherRow,
  scatter_add: scatterAddRow,
  bernoulli: flat,
  greedy_select: flat,
  view: viewRow,
};

/** Visits ∂output[index] / ∂input elements of one instruction. */
export function kernelRow(
  spec: KernelSpec,
  inputs: readonly NumericArray[],
  at: { readonly slot: number; readonly index: number },
  visit: (link: Link) => void,
): void {
  const row = rows[spec.op] as (
    spec: KernelSpec,
    inputs: readonly NumericArray[],
    at: { readonly slot: number; readonly index: number },
    visit: (link: Link) => void,
  ) => void;
  row(spec, inputs, at, visit);
}
