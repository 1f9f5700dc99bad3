// The scheduled program with every buffer at a fixed offset: all that a session needs, serialisable, independent of graph
// and compiler. Arena: [persistent | constants | scratch], offsets in bytes, multiples of 64, each buffer padded by 64.
import type { DType } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Initializer } from './initializer.ts';
import type { KernelSpec } from './kernel-spec.ts';
import type { Mode, Origin, ValueKind } from './program.ts';

export interface PlanValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly kind: ValueKind;
  readonly region: 'persistent' | 'constant' | 'scratch';
  /** Byte offset within the region. */
  readonly offset: number;
  readonly bytes: number;
  readonly init?: Initializer;
  /** base64 of the little-endian contents of a constant; of a feed, what it holds until it is fed. */
  readonly data?: string;
  /** First and last instruction between which the buffer holds this value; feeds from 0, results to the end. */
  readonly live: readonly [number, number];
}

export interface PlanInstruction {
  /** Index into `kernels`. */
  readonly kernel: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Byte offset of the kernel's workspace in the scratch region, or -1. */
  readonly workspace: number;
  readonly label: string;
  /** Index into `steps`. */
  readonly step: number;
}

/** One debugger step: instructions [from, to). */
export interface PlanStep extends Origin {
  readonly from: number;
  readonly to: number;
  /** What is shown in the list of steps. */
  readonly label: string;
}

export interface ArenaReport {
  readonly persistentBytes: number;
  readonly constantBytes: number;
  readonly scratchBytes: number;
  /** Peak of live scratch bytes over time, padded sizes: no allocation can be smaller. */
  readonly lowerBoundBytes: number;
  /** Sum of all scratch buffers: what keeping everything takes. */
  readonly sumBytes: number;
}

export interface Plan {
  readonly format: 'chainrule/plan';
  readonly version: 1;
  readonly name: string;
  readonly mode: Mode;
  readonly seed: number;
  readonly batch: number;
  readonly numerics: 'fast' | 'strict';
  readonly retain: 'all' | readonly string[];
  readonly values: readonly PlanValue[];
  readonly kernels: readonly KernelSpec[];
  readonly instructions: readonly PlanInstruction[];
  readonly steps: readonly PlanStep[];
  /** Name → index into `values`, aliases included. */
  readonly names: Readonly<Record<string, number>>;
  /** Value names that a host must feed, in order. */
  readonly feeds: readonly string[];
  /** Value name of the loss (with penalties), or null. */
  readonly loss: string | null;
  readonly metrics: readonly { readonly kind: string; readonly name: string }[];
  readonly arena: ArenaReport;
}
