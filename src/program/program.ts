// A program in static single assignment form: values, and instructions in order over three phases. It knows kernels as
// data only. Built by program/builder.ts, checked by program/verify.ts, printed by program/print.ts.
import type { DType } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Initializer } from './initializer.ts';
import type { KernelSpec } from './kernel-spec.ts';

export type Phase = 'forward' | 'backward' | 'update';
export type Mode = 'train' | 'eval';

/** Index into `Program.values`. */
export type ValueId = number;

/**
 * feed: written by the host each iteration.  parameter, state, slot: persist (state changes in forward, e.g. running_mean; slots
 * belong to optimisers).  hyper: a persistent scalar that the host sets (learning rate).  constant: data in the program.
 * computed: an instruction's output.
 */
export type ValueKind = 'feed' | 'parameter' | 'state' | 'slot' | 'hyper' | 'constant' | 'computed';

export interface Value {
  readonly id: ValueId;
  /** As value names spell it: `conv1.y`, `grad(conv1.weight)`, `next(conv1.weight)`; unique. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly kind: ValueKind;
  /** How a persistent value starts. */
  readonly init?: Initializer;
  /** Contents of a constant; of a feed, what it holds until it is fed. */
  readonly data?: Float32Array | Int32Array;
  /** For `next(p)`: the persistent value whose buffer this one replaces in place. */
  readonly replaces?: ValueId;
}

/** What an instruction belongs to: one debugger step is a run of instructions with equal node, phase and role. */
export interface Origin {
  /** Instance path, e.g. `rnn[3]/cell`. */
  readonly node: string;
  readonly phase: Phase;
  /** `node`: the operator itself; `sum`: gradients meeting at a branch; `update`; `metric`; `fused`: several nodes' work. */
  readonly role: 'node' | 'sum' | 'update' | 'metric' | 'fused';
  /** Nodes besides whose work it does, fused into that of `node`. */
  readonly others?: readonly string[];
}

export interface Instruction {
  readonly kernel: KernelSpec;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly origin: Origin;
  /** What it does, in a few words: `conv2d`, `∂weight`, `adam`. */
  readonly label: string;
  /** Pass that made it, where no operator did. */
  readonly madeBy?: string;
}

export interface Program {
  readonly mode: Mode;
  readonly values: readonly Value[];
  readonly instructions: readonly Instruction[];
  /** Other names of a value: `rnn.h_n` → id, `grad(conv2.x)` → id. */
  readonly aliases: ReadonlyMap<string, ValueId>;
  /** Values that must be readable at the end (or, with retain `all`, every named one). */
  readonly results: readonly ValueId[];
}
