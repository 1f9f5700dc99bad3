// Where the debugger stands, why it stopped there and what changed on its way: what the page is told of the session. What moves it
// is control.ts's, history/'s and the training seat's.
import { isPublicName } from './answers/compile-report.ts';
import type { StopReason } from './control.ts';
import type { Halts } from './halts.ts';
import type { History } from './history/history.ts';
import type { OpenGraph } from './open-graph.ts';
import type { Debug } from './project.ts';
import type { SessionState } from './protocol.ts';

export interface Standing {
  /** Why it stands still: said by who stopped it. */
  stoppedBy: StopReason;
  state(): SessionState;
  /** Changed is what the steps between this cursor and the present one write. */
  changedFrom(cursor: number): void;
  /** At the start, with nothing changed. */
  begin(): void;
  /** Elsewhere in the history. */
  arrive(at: Debug): void;
  /** Where training is, with forward and backward done, so that nodes show true numbers. */
  showTraining(at: Debug, run: { readonly iteration: number }): void;
  /** Where a breakpoint stopped training. */
  showHit(at: Debug, run: { readonly iteration: number }, cursor: number): void;
  /** Marks what was hit in the history. */
  noteHits(): void;
}

/** Of one engine, over whichever graph is open. */
export function createStanding(open: OpenGraph, history: History, halts: Halts): Standing {
  let stoppedBy: StopReason = 'start';
  let changed: readonly string[] = [];

  function changedFrom(from: number): void {
    const at = open.debug;
    const names = new Set<string>();
    const to = at?.stepper.cursor ?? 0;
    for (let step = Math.min(from, to); at && step < Math.max(from, to); step++) {
      for (const index of at.stepper.writes(step)) {
        const name = at.bound.plan.values[index]?.name;
        if (name !== undefined && isPublicName(name)) names.add(name);
      }
    }
    changed = [...names];
  }

  function noteHits(): void {
    for (const { iteration, cursor, node, phase } of halts.hits)
      history.noteHit({ position: { iteration, step: cursor }, node, phase });
  }

  return {
    get stoppedBy() {
      return stoppedBy;
    },
    set stoppedBy(reason) {
      stoppedBy = reason;
    },
    state() {
      const at = open.debug;
      const plan = at?.bound.plan;
      const loss = plan?.loss ?? null;
      const index = loss === null ? undefined : at?.bound.find(loss);
      const known = at && index !== undefined && at.stepper.isComputed(index);
      return {
        revision: open.revision,
        cursor: at?.stepper.cursor ?? 0,
        stepCount: plan?.steps.length ?? 0,
        iteration: at?.stepper.iteration ?? 0,
        stoppedBy,
        changed,
        loss: known ? (at.bound.view(index)[0] as number) : null,
        sampled: at?.sampled ?? [],
        edits: history.edits.count,
        hits: halts.hits,
        stoppedTraining: halts.stoppedTraining,
      };
    },
    changedFrom,
    begin() {
      stoppedBy = 'start';
      changed = [];
    },
    arrive(at) {
      const { cursor, iteration } = at.stepper;
      open.iteration = iteration;
      stoppedBy = cursor === 0 ? 'start' : cursor === at.bound.plan.steps.length ? 'end' : 'step';
      changedFrom(0);
      halts.forgetHits();
      halts.unseen();
      halts.look(at);
    },
    showTraining(at, run) {
      at.stepper.reset(run.iteration);
      const end = at.bound.plan.steps.findIndex((step) => step.phase === 'update');
      at.stepper.runTo(end < 0 ? at.bound.plan.steps.length : end);
      stoppedBy = 'step';
      changedFrom(0);
      halts.forgetHits();
      halts.unseen();
      halts.lookAhead(at);
    },
    showHit(at, run, cursor) {
      at.stepper.reset(run.iteration);
      at.stepper.runTo(cursor);
      stoppedBy = 'breakpoint';
      changedFrom(0);
      noteHits();
      halts.passed(at);
      halts.look(at);
    },
    noteHits,
  };
}
