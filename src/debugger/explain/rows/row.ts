// One row of a kernel's Jacobian: what one element of an output hangs on, with its slopes. From rows the debugger finds the
// terms of every gradient without knowing an operator.
import type { KernelOp, KernelSpec } from '../../../program/kernel-spec.ts';
import type { NumericArray } from '../../../tensor/dtype.ts';

/** ∂output[element] / ∂input[index]. */
export interface Link {
  readonly input: number;
  readonly index: number;
  readonly slope: number;
  /** The slope is this very element of another input: the w of x·w. */
  readonly by?: { readonly input: number; readonly index: number };
}

/** Calls `visit` for every element on which the output's element hangs in a differentiable way; one may come more than once. */
export type Row<O extends KernelOp> = (
  spec: Extract<KernelSpec, { op: O }>,
  inputs: readonly NumericArray[],
  at: { readonly slot: number; readonly index: number },
  visit: (link: Link) => void,
) => void;
