// What the page can ask about single numbers: where one comes from, what it depends on and what depends on it, why a gradient
// is small or large, whether gradients are right. Plain cloneable data.
import type { ElementFields } from '../../debugger/explain/fields.ts';
import type { GradientAccount } from '../../debugger/explain/gradient-account.ts';
import type { SpotGrid } from '../../debugger/explain/grids.ts';
import type { Explanation } from '../../program/explanation.ts';
import type { Phase } from '../../program/program.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { DType } from '../../tensor/dtype.ts';
import type { Shape } from '../../tensor/shape.ts';

export type { FieldMask } from '../../debugger/explain/fields.ts';
export type { GradientFactor } from '../../debugger/explain/gradient-account.ts';

/** One element of a value. */
export interface ElementAt {
  readonly name: string;
  /** Position in the tensor's memory, and the same by dimension. */
  readonly index: number;
  readonly at: readonly number[];
}

export interface ExplainedFactor {
  readonly value: number;
  /** Absent: a plain number (a slope, 1/N). */
  readonly element?: ElementAt;
}

export interface ExplainedTerm {
  readonly value: number;
  readonly factors: readonly ExplainedFactor[];
  readonly label?: string;
}

/** A quantity worth a name beside the terms: p and y of a softmax, a gate, one path of batch norm. */
export interface ExplainedPart {
  readonly label: string;
  readonly value: number;
  readonly element?: ElementAt;
}

/** A grid whose numbers are elements of the value `name`; null: of nothing. */
export interface NumberGrid extends Omit<SpotGrid, 'value'> {
  readonly name: string | null;
}

export interface ExplainRequest {
  readonly name: string;
  readonly index: number;
  /** How many terms are listed; the rest is summed up. */
  readonly most?: number;
}

export interface NumberExplanation extends ElementAt {
  readonly revision: number;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Dimension of the examples; null where there are none. */
  readonly batchAxis: number | null;
  /**
   * given: nothing computes it (data, parameter, constant).  forward: by the operator.  shares: gradients that meet here, one
   * for each use.  gradient: through one node.  update: by the optimiser.  program: by one instruction, in formulas.
   */
  readonly kind: 'given' | 'forward' | 'shares' | 'gradient' | 'update' | 'program';
  /** Node (instance path) that computes it, its operator and the phase. */
  readonly node: string | null;
  readonly op: string | null;
  readonly phase: Phase | null;
  /** As it stands in memory. */
  readonly value: number;
  /** What the terms make of it, in float64. */
  readonly result: number;
  readonly by: Explanation['by'];
  readonly text: string;
  /** Largest first. */
  readonly terms: readonly ExplainedTerm[];
  readonly termCount: number;
  /** What is not listed: combined as `by` says (of a mean: the sum). */
  readonly rest: { readonly count: number; readonly value: number } | null;
  /** Ways on which the number comes together beside the terms: they, too, add up to it. */
  readonly paths: readonly ExplainedPart[];
  readonly parts: readonly ExplainedPart[];
  /** Where the same number stands once its node is opened (a step of a sequence): a value that only then exists. */
  readonly inside: ElementAt | null;
  /** One row of grids for each channel that takes part: patch, filter, products; or a patch with its winner. */
  readonly grids: readonly (readonly NumberGrid[])[];
  /** Other numbers of the same element: its gradient, its value, its update. */
  readonly related: readonly { readonly as: 'value' | 'gradient' | 'update' | 'after'; readonly element: ElementAt }[];
}

export interface FieldAnswer extends ElementFields {
  readonly revision: number;
}

export interface GradientAccountAnswer extends GradientAccount {
  readonly revision: number;
}

export interface GradientCheckRequest {
  /** A node, a block or a recurrence (instance path); null: all nodes. */
  readonly path: string | null;
  /** Elements looked at per port; default 8. */
  readonly samples?: number;
}

export interface CheckedPort {
  readonly port: string;
  /** Largest relative error over the elements compared. */
  readonly error: number;
  readonly checked: number;
  readonly kinks: number;
  /** Elements that cannot be compared: what is computed there is NaN or infinite. */
  readonly unclear: number;
  readonly passed: boolean;
}

export interface CheckedNode {
  readonly path: string;
  readonly op: string;
  readonly error: number;
  readonly kinks: number;
  readonly unclear: number;
  readonly passed: boolean;
  readonly ports: readonly CheckedPort[];
  /** What the operator says of its kinks, where some were met. */
  readonly kinkNote?: string;
}

export interface GradientCheckState {
  readonly revision: number;
  readonly status: 'running' | 'finished' | 'cancelled' | 'failed';
  /** Nodes done, of how many. */
  readonly done: number;
  readonly total: number;
  readonly current: string | null;
  readonly nodes: readonly CheckedNode[];
  readonly diagnostics: readonly Diagnostic[];
}
