// The first step where two branches differ. Both are walked from their fork; only an iteration that can differ (other edits, other
// plans, another state) is shown step by step, any other is played once.
import type { Phase } from '../../program/program.ts';
import type { BoundPlan, View } from '../../runtime/workspace.ts';
import { sameShape } from '../../tensor/shape.ts';
import { nodeOf } from './finding.ts';
import { type Branch, forkOf, hasEdits, type Moment, spanAt } from './forks.ts';
import type { Machine } from './machine.ts';
import type { Recording } from './recording.ts';
import { firstOf, patienceMs, type Tick, type Walk, walkFrom } from './walk.ts';

export interface Side {
  readonly machine: Machine;
  readonly branch: Branch;
}

export interface Comparison {
  readonly a: Side;
  readonly b: Side;
  readonly recording: Recording;
  /** Names that mean the same in two graphs. */
  readonly isPublic: (name: string) => boolean;
  readonly tick: Tick;
}

export interface Difference {
  /** Just after the step that shows it first; step 0: it was there when the iteration began. */
  readonly position: Moment;
  readonly node: string;
  readonly phase: Phase | null;
  /** Value with the largest difference among those that the step wrote. */
  readonly name: string;
  readonly maxAbsDifference: number;
  /** How many elements differ, of how many. */
  readonly differing: number;
  readonly elements: number;
  /**
   * value: other numbers.  plan: in one of the graphs there is no such value, or of another shape.  rounding: the numbers of the steps are
   * the same, but the iterations were run by different plans.
   */
  readonly kind: 'value' | 'plan' | 'rounding';
}

export interface ComparisonResult {
  /** Up to here they are one history; null: they never were. */
  readonly fork: Moment | null;
  /** null: the same as far as both go, or called off. */
  readonly difference: Difference | null;
  /** Iterations looked at: [from, to). */
  readonly compared: { readonly from: number; readonly to: number };
  readonly cancelled: boolean;
}

/** Walks both branches from their fork to the end of the shorter one. Called off by `tick`, it says how far it came. */
export async function compareBranches({ a, b, recording, isPublic, tick }: Comparison): Promise<ComparisonResult> {
  const fork = forkOf(a.branch, b.branch);
  const from = fork?.iteration ?? Math.max(firstOf(a.branch), firstOf(b.branch));
  const to = Math.min(a.branch.length, b.branch.length);
  const result = { fork, difference: null, compared: { from, to: from }, cancelled: false };
  const first = await walkFrom({ ...a, recording, iteration: from }, tick);
  const second = typeof first !== 'string' ? await walkFrom({ ...b, recording, iteration: from }, tick) : first;
  if (typeof first === 'string' || typeof second === 'string') return { ...result, cancelled: second === 'called off' };
  const same = a.branch.world === b.branch.world;
  let looked = performance.now();
  for (let at = from; at <= to; at++) {
    const difference = sameBytes(first.start, second.start) && same ? null : startDifference(first, second, isPublic);
    // What the steps of the iteration before do not show, the plans that ran it made of them.
    if (difference)
      return {
        ...result,
        difference: at > from ? { ...difference, kind: 'rounding' } : difference,
        compared: { from, to: at },
      };
    if (!same || canDiffer(a.branch, b.branch, at)) {
      const shown = stepDifference(first, second, isPublic);
      if (shown) return { ...result, difference: shown, compared: { from, to: at + 1 } };
    }
    if (at === to) break;
    if (performance.now() - looked > patienceMs) {
      if (!(await tick((at - from) / Math.max(1, to - from), at)))
        return { ...result, compared: { from, to: at }, cancelled: true };
      looked = performance.now();
    }
    first.next();
    second.next();
  }
  return { ...result, compared: { from, to } };
}

/** From the same state: whether an iteration can come out differently. */
function canDiffer(a: Branch, b: Branch, iteration: number): boolean {
  const [first, second] = [spanAt(a, iteration), spanAt(b, iteration)];
  const edited = hasEdits(a, iteration) || hasEdits(b, iteration) || hasRates(a) || hasRates(b);
  return edited || first?.by !== second?.by || first?.variant !== second?.variant;
}

const hasRates = ({ edits }: Branch) => edits.some(({ kind }) => kind === 'rate');

function startDifference(a: Walk, b: Walk, isPublic: Comparison['isPublic']): Difference | null {
  const { values } = a.machine.debug.plan;
  const persistent = (index: number) => {
    const value = values[index];
    return value?.region === 'persistent' && value.kind !== 'hyper' && value.kind !== 'computed';
  };
  return worst(a, b, 0, values.map((_, index) => index).filter(persistent), isPublic);
}

/** The iteration step by step on both sides, the first that differs. */
function stepDifference(a: Walk, b: Walk, isPublic: Comparison['isPublic']): Difference | null {
  const { plan } = a.machine.debug;
  a.begin();
  b.begin();
  const given = plan.values.flatMap(({ kind, name }, index) =>
    kind === 'computed' || kind === 'constant' || name === 'iteration' ? [] : [index],
  );
  const begun = worst(a, b, 0, given, isPublic);
  if (begun) return begun;
  // Everything is kept, so that both can be read when all is done; a value that is replaced is replaced once.
  a.steps(0, plan.steps.length);
  b.steps(0, b.machine.debug.plan.steps.length);
  for (const [at, { from, to }] of plan.steps.entries()) {
    const written = new Set(plan.instructions.slice(from, to).flatMap(({ outputs }) => outputs));
    const found = worst(a, b, at + 1, [...written], isPublic);
    if (found) return found;
  }
  return null;
}

/** The largest difference among values of one place, or null where all bits are the same. */
function worst(
  { machine: { debug: a }, iteration, branch }: Walk,
  { machine: { debug: b }, branch: other }: Walk,
  step: number,
  indices: readonly number[],
  isPublic: Comparison['isPublic'],
): Difference | null {
  let found: Difference | null = null;
  const same = branch.world === other.world && a.plan.values.length === b.plan.values.length;
  for (const index of indices) {
    const { name, shape } = a.plan.values[index] as { readonly name: string; readonly shape: readonly number[] };
    if (!same && !isPublic(name)) continue;
    const counterpart = b.find(name);
    const apart =
      counterpart !== undefined && sameShape(shape, b.plan.values[counterpart]?.shape ?? [])
        ? distance(a.view(index), b.view(counterpart))
        : null;
    if (apart?.differing === 0) continue;
    const { node, phase } = placeOf(a, step, name);
    const elements = a.view(index).length;
    const place = { position: { iteration, step }, node, phase, name, elements };
    // A value that only one side has tells more than any number.
    if (apart === null) return { ...place, maxAbsDifference: Number.NaN, differing: elements, kind: 'plan' };
    if (found === null || apart.maxAbsDifference > found.maxAbsDifference)
      found = { ...place, ...apart, kind: 'value' };
  }
  return found;
}

function placeOf(
  { plan }: BoundPlan,
  step: number,
  name: string,
): { readonly node: string; readonly phase: Phase | null } {
  const executed = plan.steps[step - 1];
  if (executed) return executed;
  return { node: nodeOf(name), phase: null };
}

/** Where bits differ; a NaN or ∞ on one side only is infinitely far. */
function distance(a: View, b: View): { readonly maxAbsDifference: number; readonly differing: number } {
  const [first, second] = [bitsOf(a), bitsOf(b)];
  let [differing, maxAbsDifference] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    if (first[i] === second[i]) continue;
    differing++;
    const apart = Math.abs((a[i] as number) - (b[i] as number));
    maxAbsDifference = Math.max(maxAbsDifference, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
  }
  return { maxAbsDifference, differing };
}

const bitsOf = (view: View) => new Int32Array(view.buffer, view.byteOffset, view.length);

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [first, second] = [new Int32Array(a.buffer, 0, a.length >> 2), new Int32Array(b.buffer, 0, b.length >> 2)];
  for (let i = 0; i < first.length; i++) if (first[i] !== second[i]) return false;
  return true;
}
