// Walking a recorded history on plans that stand beside what is on screen: iteration by iteration, each shown by the debugger's
// plan and gone on from as it was recorded. Called off between two looks at the clock.

import type { Stepper } from '../../runtime/stepper.ts';
import { type Branch, lineage, spanAt } from './forks.ts';
import { applyEdits, feedIteration, type Machine, playRecorded, restoring, snapshotFor } from './machine.ts';
import type { Recording } from './recording.ts';

/** Progress of a long search. Answers false when it is called off. */
export type Tick = (share: number, iteration: number) => Promise<boolean>;

/** Iterations from one look at the clock to the next take about so long. */
export const patienceMs = 20;

export interface Walk {
  readonly machine: Machine;
  readonly branch: Branch;
  /** Stands at its start, nothing fed. */
  readonly iteration: number;
  /** Persistent bytes at its start. */
  readonly start: Uint8Array<ArrayBuffer>;
  /** At the start again, fed and edited. */
  begin(): void;
  /** Executes steps [from, to) with the edits behind them. */
  steps(from: number, to: number): void;
  /** To the start of the next iteration, wherever the steps stand. */
  next(): void;
}

/** The first iteration of a branch that can be restored under its own graph. */
export function firstOf(branch: Branch): number {
  return lineage(branch)[0]?.from.iteration ?? branch.from.iteration;
}

/** Where a machine is to stand: at the start of an iteration. */
export interface Destination {
  readonly machine: Machine;
  readonly recording: Recording;
  readonly branch: Branch;
  readonly iteration: number;
}

export type Arrival = 'there' | 'nowhere' | 'called off';

/** Replays to a place, letting others in between; called off, the machine stands nowhere. */
export async function goTo(
  { machine, recording, branch, iteration }: Destination,
  tick: Tick,
  bySteps = false,
): Promise<Arrival> {
  const from = snapshotFor(recording, branch, iteration)?.iteration ?? iteration;
  const way = restoring(machine, recording, branch, iteration, bySteps);
  let looked = performance.now();
  for (;;) {
    const { done, value } = way.next();
    if (done) return value ? 'there' : 'nowhere';
    if (performance.now() - looked <= patienceMs) continue;
    if (!(await tick((value - from) / (iteration - from), value))) return 'called off';
    looked = performance.now();
  }
}

/** Steps on within the iteration, letting others in between; false: called off. */
export async function stepTo(stepper: Stepper, cursor: number, tick: Tick): Promise<boolean> {
  let looked = performance.now();
  while (stepper.cursor < cursor && stepper.step()) {
    // Once it is there, there is nothing more to tell and nothing to call off.
    if (stepper.cursor === cursor || performance.now() - looked <= patienceMs) continue;
    if (!(await tick(stepper.cursor / cursor, stepper.iteration))) return false;
    looked = performance.now();
  }
  return true;
}

/** Why there is no walk, or one. */
export async function walkFrom(destination: Destination, tick: Tick): Promise<Walk | Exclude<Arrival, 'there'>> {
  const { machine, branch, iteration } = destination;
  // How far a search is says what it has looked at, not the way to where it begins.
  const arrival = await goTo(destination, (_, at) => tick(0, at));
  if (arrival !== 'there') return arrival;
  const { persistent } = machine.workspace;
  const { debug } = machine;
  const start = new Uint8Array(persistent.length);
  let at = iteration;
  start.set(persistent);
  return {
    machine,
    branch,
    get iteration() {
      return at;
    },
    start,
    begin() {
      persistent.set(start);
      feedIteration(machine, branch, at, debug);
      applyEdits(machine, debug, branch, at, 0);
    },
    steps(from, to) {
      for (let step = from; step < to; step++) {
        const { from: first, to: end } = debug.plan.steps[step] as { readonly from: number; readonly to: number };
        debug.run(first, end);
        applyEdits(machine, debug, branch, at, step + 1);
      }
    },
    next() {
      persistent.set(start);
      if (spanAt(branch, at)) playRecorded(machine, branch, at);
      at++;
      start.set(persistent);
    },
  };
}
