// Which emitter makes which kernel; the only table over kernel ops. `view` has no code.
import type { KernelOp, KernelSpec } from '../../program/kernel-spec.ts';
import { argReduce } from './arg-reduce.ts';
import { assemble } from './assemble.ts';
import { bernoulli } from './bernoulli.ts';
import { conv2d } from './conv2d.ts';
import { elementwise } from './elementwise.ts';
import type { KernelEmitter } from './emitter.ts';
import { gather, scatterAdd } from './gather.ts';
import { gemm } from './gemm.ts';
import { greedySelect } from './greedy-select.ts';
import { integer } from './integer.ts';
import { avgPool2d, maxPool2d, maxPool2dGrad } from './pool2d.ts';
import { reduce } from './reduce.ts';
import { softmax } from './softmax.ts';

export type EmittedOp = Exclude<KernelOp, 'view'>;

export type EmitterTable = { readonly [O in EmittedOp]: KernelEmitter<Extract<KernelSpec, { op: O }>> };

export const emitters: EmitterTable = {
  assemble,
  conv2d,
  elementwise,
  gemm,
  reduce,
  arg_reduce: argReduce,
  bernoulli,
  gather,
  greedy_select: greedySelect,
  integer,
  scatter_add: scatterAdd,
  avg_pool2d: avgPool2d,
  max_pool2d: maxPool2d,
  max_pool2d_grad: maxPool2dGrad,
  softmax,
};
