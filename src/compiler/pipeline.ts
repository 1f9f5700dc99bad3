// The passes, in order, each with the reason for its place. The program is verified after every one.
import type { KernelSpec } from '../program/kernel-spec.ts';
import type { Program } from '../program/program.ts';
import { nothingVerified, type Verified, verifyProgram } from '../program/verify.ts';
import { deadCode } from './passes/dead-code.ts';
import { flushGradients } from './passes/flush-gradients.ts';
import { fold } from './passes/fold.ts';
import { foldBatchNorm } from './passes/fold-batch-norm.ts';
import { forwardCopies } from './passes/forward-copies.ts';
import { fuse } from './passes/fuse.ts';
import { keepBefore } from './passes/keep-before.ts';
import { layOutOnce } from './passes/lay-out-once.ts';
import { order } from './passes/order.ts';
import type { Pass } from './passes/pass.ts';
import { recompute } from './passes/recompute.ts';
import { share } from './passes/share.ts';
import { winograd } from './passes/winograd.ts';

export const pipeline: readonly Pass[] = [
  deadCode, // first: what nobody needs would cost every later pass
  flushGradients, // before fuse: what a product's store does to its numbers stands first
  fold, // before share: constants that come out equal can then be shared
  forwardCopies, // before share: operands that were copies become equal
  share, // before fuse: a fused kernel hides equal parts
  fuse, // last rewrite: the others see single operations
  keepBefore, // after fuse: what replaces a value is one kernel then
  foldBatchNorm, // after fuse: norms stand in the stores of convolutions then
  layOutOnce, // after what folds into weights: they are final now
  deadCode, // sharing and fusion leave givers without readers
  winograd, // a choice of how, for kernels that are settled
  order, // what every kernel needs is known now
  recompute, // last: what lies idle at the peak is known; only where memory is wanted more than time
];

export interface PassTrace {
  readonly pass: string;
  readonly before: Program;
  readonly after: Program;
}

export interface PipelineOptions {
  /** Names of passes to leave out. */
  readonly off: readonly string[];
  /** Everything is retained: only passes that leave the debugger's steps alone. */
  readonly keepSteps: boolean;
  readonly numerics: 'fast' | 'strict';
  /** Bytes of scratch that a kernel needs beside its buffers; none where not told. */
  workspaceBytes?(kernel: KernelSpec): number;
  /** Compute values a second time rather than keep them for the backward phase. */
  readonly recompute?: boolean;
  readonly trace?: (trace: PassTrace) => void;
}

/** Throws where a pass breaks the rules of a program: a bug of ours, with the program's faults. */
export function runPipeline(program: Program, options: PipelineOptions): Program {
  const known = nothingVerified();
  check(program, 'lowering', known);
  let current = program;
  for (const pass of pipeline) {
    if (pass === recompute && options.recompute !== true) continue;
    if (options.off.includes(pass.name) || (options.keepSteps && pass.mergesSteps)) continue;
    const { numerics, workspaceBytes = () => 0 } = options;
    const after = pass.run(current, { keep: new Set(current.results), numerics, workspaceBytes });
    check(after, pass.name, known);
    options.trace?.({ pass: pass.name, before: current, after });
    current = after;
  }
  return current;
}

function check(program: Program, after: string, known: Verified): void {
  const faults = verifyProgram(program, known);
  if (faults.length > 0) throw new Error(`Broken invariant after ${after}: ${faults.slice(0, 5).join('; ')}`);
}
