// What every way of explaining gives: terms over elements of the plan's values, complete and in the order found.
import type { Explanation } from '../../program/explanation.ts';

/** An element of a value of the plan. */
export interface Spot {
  /** Index into plan.values. */
  readonly value: number;
  readonly index: number;
}

export interface SpotFactor {
  readonly value: number;
  /** Absent: a plain number. */
  readonly spot?: Spot;
}

export interface SpotTerm {
  readonly value: number;
  readonly factors: readonly SpotFactor[];
  readonly label?: string;
}

export interface SpotPart {
  readonly label: string;
  readonly value: number;
  readonly spot?: Spot;
}

export interface SpotExplanation {
  readonly by: Explanation['by'];
  readonly text: string;
  readonly result: number;
  readonly terms: readonly SpotTerm[];
  /** Add up to the number beside the terms. */
  readonly paths?: readonly SpotPart[];
  readonly parts?: readonly SpotPart[];
  /** Where the same number stands once the node is opened: value name, flat index and index of each dimension. */
  readonly inside?: { readonly name: string; readonly index: number; readonly at: readonly number[] };
}

/** Σ values, with a second number for what rounding loses, so that long sums of mixed signs stay exact. */
export function exactSum(values: Iterable<number>): number {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}
