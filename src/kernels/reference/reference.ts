// The plain TypeScript meaning of every kernel: loops that accumulate in float64, on arrays of any numeric type. The oracle
// of the WebAssembly kernels, and what gradient checks and explanations run. Correct before fast.
import type { KernelOp, KernelSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { argReduce } from './arg-reduce.ts';
import { assemble } from './assemble.ts';
import { avgPool2d } from './avg-pool2d.ts';
import { bernoulli } from './bernoulli.ts';
import { conv2d } from './conv2d.ts';
import { elementwise } from './elementwise.ts';
import { gather } from './gather.ts';
import { gemm } from './gemm.ts';
import { greedySelect } from './greedy-select.ts';
import { integer } from './integer.ts';
import { maxPool2d } from './max-pool2d.ts';
import { maxPool2dGrad } from './max-pool2d-grad.ts';
import { reduce } from './reduce.ts';
import { scatterAdd } from './scatter-add.ts';
import { softmax } from './softmax.ts';
import { view } from './view.ts';

/** Writes every element of the outputs. Inputs and outputs are contiguous buffers, as the spec counts them. */
export type Reference<O extends KernelOp> = (
  spec: Extract<KernelSpec, { op: O }>,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
) => void;

const references: { readonly [O in KernelOp]: Reference<O> } = {
  elementwise,
  reduce,
  integer,
  arg_reduce: argReduce,
  gemm,
  conv2d,
  max_pool2d: maxPool2d,
  max_pool2d_grad: maxPool2dGrad,
  avg_pool2d: avgPool2d,
  softmax,
  assemble,
  gather,
  scatter_add: scatterAdd,
  bernoulli,
  greedy_select: greedySelect,
  view,
};

/** Runs one kernel. Only an elementwise output may share memory with an input, and then with an equal access. */
export function runReference(
  spec: KernelSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const run = references[spec.op] as (
    spec: KernelSpec,
    inputs: readonly NumericArray[],
    outputs: readonly NumericArray[],
  ) => void;
  run(spec, inputs, outputs);
}
