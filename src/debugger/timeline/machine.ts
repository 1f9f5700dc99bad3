// The plans of a graph as they stand in one memory, and how an iteration of a recorded history is played on them: by the plan
// that ran it, with the edits where they were made. Bit for bit, because everything is a function of snapshot and iteration.
import type { PlanStep } from '../../program/plan.ts';
import type { BoundPlan, View, Workspace } from '../../runtime/workspace.ts';
import {
  applyRate,
  type Branch,
  type Edit,
  hasEdits,
  lineage,
  ownerOf,
  parentIn,
  type RunBy,
  type Span,
  spanAt,
} from './forks.ts';
import type { Recording, Snapshot } from './recording.ts';

export interface Machine {
  readonly workspace: Workspace;
  /** Keeps every value. */
  readonly debug: BoundPlan;
  /** The fast plan, once training was asked for. */
  readonly train: BoundPlan | null;
  /** Tells plans of one graph apart: what is opened to be stepped inside, what training keeps readable. */
  readonly variants: Readonly<Record<RunBy, string>>;
  /** Plans of another variant, in a memory of their own; null where they cannot be had. */
  other(by: RunBy, variant: string): Machine | null;
  readonly iterationsPerEpoch: number;
  /** Feeds that keep what is written until something else is, with what they held first. */
  readonly held: ReadonlyMap<string, View>;
  /** Some of them were written. */
  heldWritten: boolean;
  /**
   * Counter, scheduled rate and feeds of an iteration. `measured`: validation losses by epoch; what the schedule needs and is
   * missing is measured and added.
   */
  prepare(iteration: number, bound: BoundPlan, measured: (number | undefined)[]): void;
}

/** Where a plan keeps its loss; null without one. */
export function lossIn({ plan, read }: BoundPlan): View | null {
  return plan.loss === null ? null : read(plan.loss);
}

/** Feeds and rate of an iteration, without what was edited. */
export function feedIteration(machine: Machine, branch: Branch, iteration: number, bound: BoundPlan): void {
  machine.prepare(iteration, bound, branch.measured);
  applyRate(branch, iteration, bound.read('lr') as Float32Array);
}

/**
 * Runs a fed plan from start to end; false: it gave up, and the persistent memory is as it was. `edit`: there are edits in its middle,
 * to be written once so many steps were executed.
 */
export type Execute = (bound: BoundPlan, edit?: (cursor: number) => void) => boolean;

/**
 * From the start of an iteration in memory to the start of the next one. Allocates nothing where nothing was edited. `execute` runs
 * the plan in its own way; false: it gave up.
 */
export function playIteration(
  machine: Machine,
  branch: Branch,
  iteration: number,
  by: RunBy,
  execute?: Execute,
): boolean {
  const bound = boundBy(machine, by);
  feedIteration(machine, branch, iteration, bound);
  applyEdits(machine, bound, branch, iteration, 0);
  const { instructions, steps } = bound.plan;
  if (!hasEdits(branch, iteration, 1)) {
    if (execute) return execute(bound);
    bound.run(0, instructions.length);
    return true;
  }
  if (execute) return execute(bound, (cursor) => applyEdits(machine, bound, branch, iteration, cursor));
  for (let at = 0; at < steps.length; at++) {
    const { from, to } = steps[at] as PlanStep;
    bound.run(from, to);
    applyEdits(machine, bound, branch, iteration, at + 1);
  }
  return true;
}

/** The same by the very plan that ran it, wherever that stands. */
export function playRecorded(machine: Machine, branch: Branch, iteration: number): void {
  const { player, by } = enter(machine, branch, iteration);
  playIteration(player, branch, iteration, by);
  leave(machine, player);
}

/** The same, to be interrupted between two steps: nothing of it counts unless it is gone through to its end. */
function* playing(machine: Machine, branch: Branch, iteration: number): Generator<void, void> {
  const { player, by } = enter(machine, branch, iteration);
  const bound = boundBy(player, by);
  feedIteration(player, branch, iteration, bound);
  applyEdits(player, bound, branch, iteration, 0);
  for (const [at, { from, to }] of bound.plan.steps.entries()) {
    bound.run(from, to);
    applyEdits(player, bound, branch, iteration, at + 1);
    yield;
  }
  leave(machine, player);
}

/** Who ran an iteration, with the memory as it stands here. */
function enter(machine: Machine, branch: Branch, iteration: number): { readonly player: Machine; readonly by: RunBy } {
  const span = spanAt(branch, iteration);
  const player = span && playerOf(machine, span);
  if (!span || !player) throw new Error(`iteration ${iteration} was not recorded`);
  if (player !== machine) {
    player.workspace.persistent.set(machine.workspace.persistent);
    restoreHeld(player, branch, iteration);
  }
  return { player, by: span.by };
}

function leave(machine: Machine, player: Machine): void {
  if (player !== machine) machine.workspace.persistent.set(player.workspace.persistent);
}

function playerOf(machine: Machine, { by, variant }: Span): Machine | null {
  const stands = by === 'stepping' || machine.train !== null;
  // In strict numerics all plans of a graph compute the same bits.
  const same = variant === machine.variants[by] || machine.debug.plan.numerics === 'strict';
  return stands && same ? machine : machine.other(by, variant);
}

/** Writes what was edited once `step` steps were executed. */
export function applyEdits(machine: Machine, bound: BoundPlan, branch: Branch, iteration: number, step: number): void {
  const edits = ownerOf(branch, iteration)?.edits;
  if (!edits) return;
  for (let i = 0; i < edits.length; i++) {
    const edit = edits[i] as Edit;
    if (edit.at.iteration === iteration && edit.at.step === step) applyEdit(machine, bound, edit);
  }
}

/** Writes the numbers of an edit: those of a held feed into every plan that has it. */
export function applyEdit(machine: Machine, bound: BoundPlan, edit: Edit): void {
  if (edit.kind === 'weights') machine.workspace.persistent.set(edit.state);
  else if (edit.kind === 'rate') bound.read('lr')[0] = edit.rate;
  else if (!machine.held.has(edit.name)) writeElements(bound, edit);
  else {
    machine.heldWritten = true;
    for (const plan of machine.workspace.plans) writeElements(plan, edit);
  }
}

function writeElements(bound: BoundPlan, { name, changes }: Edit & { readonly kind: 'elements' }): void {
  const index = bound.find(name);
  if (index === undefined) return;
  const view = bound.view(index);
  for (const { index: element, value } of changes) if (element >= 0 && element < view.length) view[element] = value;
}

function boundBy({ debug, train }: Machine, by: RunBy): BoundPlan {
  if (by === 'stepping') return debug;
  if (!train) throw new Error('the plan of training does not stand');
  return train;
}

/**
 * Persistent memory and held feeds as at the start of an iteration of a branch. False where it cannot be had, with nothing
 * touched: it was never run, or its snapshots belong to another graph or to plans that no longer stand.
 */
export function restoreTo(machine: Machine, recording: Recording, branch: Branch, iteration: number): boolean {
  const way = restoring(machine, recording, branch, iteration);
  for (;;) {
    const { done, value } = way.next();
    if (done) return value;
  }
}

/**
 * The same on the way: yields the iteration that it stands in, after each, or after each step where `bySteps`. Given up on the
 * way the memory stands nowhere.
 */
export function* restoring(
  machine: Machine,
  recording: Recording,
  branch: Branch,
  iteration: number,
  bySteps = false,
): Generator<number, boolean> {
  const snapshot = snapshotFor(recording, branch, iteration);
  if (!snapshot || !isPlayable(machine, branch, snapshot.iteration, iteration)) return false;
  machine.workspace.persistent.set(snapshot.bytes);
  restoreHeld(machine, branch, snapshot.iteration);
  for (let at = snapshot.iteration; at < iteration; at++) {
    if (!bySteps) playRecorded(machine, branch, at);
    else for (const _ of playing(machine, branch, at)) yield at;
    // Whoever goes back step by step from here finds something near at every distance.
    const left = iteration - at - 1;
    const owner = (left & (left - 1)) === 0 ? ownerOf(branch, at + 1) : null;
    if (owner) recording.putNear(owner.id, at + 1, machine.workspace.persistent);
    yield at;
  }
  return true;
}

/** The nearest snapshot from which an iteration can be reached. */
export function snapshotFor(recording: Recording, branch: Branch, iteration: number): Snapshot | undefined {
  if (iteration < 0 || iteration > branch.length) return undefined;
  let most = iteration;
  for (let at = ownerOf(branch, iteration); at; at = parentIn(at)) {
    const found = recording.nearest(at.id, most);
    if (found) return found;
    most = at.from.iteration;
  }
  return undefined;
}

function isPlayable(machine: Machine, branch: Branch, from: number, to: number): boolean {
  let last: Span | undefined;
  for (let at = from; at < to; at++) {
    const span = spanAt(branch, at);
    if (!span || (span !== last && !playerOf(machine, span))) return false;
    last = span;
  }
  return true;
}

/** Feeds that are not fed as they were when an iteration began. */
export function restoreHeld(machine: Machine, branch: Branch, iteration: number): void {
  const line = lineage(branch);
  const edits = line.flatMap((each, i) => {
    const end = Math.min(iteration, line[i + 1]?.from.iteration ?? iteration);
    return each.edits.filter(
      (edit) => edit.kind === 'elements' && edit.at.iteration < end && machine.held.has(edit.name),
    );
  });
  if (!machine.heldWritten && edits.length === 0) return;
  for (const [name, first] of machine.held) {
    for (const { find, view } of machine.workspace.plans) {
      const index = find(name);
      if (index !== undefined && view(index).length === first.length) view(index).set(first);
    }
  }
  machine.heldWritten = false;
  for (const edit of edits) applyEdit(machine, machine.debug, edit);
}
