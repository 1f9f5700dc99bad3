// Walking a recorded history on plans that stand beside what is on screen: iteration by iteration, each shown by the debugger's
// plan and gone on from as it was recorded. Called off between two looks at the clock.
import { type Branch, lineage, spanAt } from './forks.ts';
import type { Recording } from './recording.ts';
import { applyEdits, feedIteration, type Machine, playRecorded, restoreTo } from './timeline-machine.ts';

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

/** Null where the iteration cannot be had. */
export function walkFrom(machine: Machine, recording: Recording, branch: Branch, iteration: number): Walk | null {
  if (!restoreTo(machine, recording, branch, iteration)) return null;
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
