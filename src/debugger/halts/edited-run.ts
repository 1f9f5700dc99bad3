// Breakpoints inside an iteration of training that was edited in its middle: the debugger's plan runs it step by step, with the edits
// behind the steps they were made behind, and is asked at its own cursors. One that stops leaves what is persistent as it was.
import type { BoundPlan, View } from '../../runtime/workspace.ts';
import { type CheckedRun, createMonitor } from './monitor.ts';

export interface EditedRunOptions extends CheckedRun {
  /** The debugger's. */
  readonly bound: BoundPlan;
}

export interface EditedRun {
  /** One iteration of a plan that is fed; `edit` writes what was edited once so many steps were executed. False: stopped. */
  execute(edit: (cursor: number) => void): boolean;
  /** The run goes on from here: checks up to this cursor of the iteration are behind it. */
  resumeAfter(iteration: number, cursor: number): void;
}

/** Binds the checks to the debugger's plan; the copy to go back by is taken with the first such iteration. */
export function createEditedRun({ bound, workspace, checks, stops, ...options }: EditedRunOptions): EditedRun {
  const { persistent } = workspace;
  let [resumedIteration, resumedCursor] = [-1, -1];
  let known: ReturnType<typeof make> | null = null;

  /** Such an iteration is rare, and a copy of all parameters large. */
  function make() {
    const start = new Uint8Array(persistent.length);
    const host = { iteration: options.iteration, epoch: options.epoch, before: viewsIn(bound, start) };
    const { memory, log } = options;
    const monitor = createMonitor(checks, { stepping: bound.plan, bound, host, memory, log });
    return { start, monitor, asked: new Set(monitor.cursors) };
  }

  return {
    execute(edit) {
      known ??= make();
      const { start, monitor, asked } = known;
      const skipped = options.iteration() === resumedIteration ? resumedCursor : -1;
      start.set(persistent);
      const isStopped = (cursor: number): boolean => {
        if (cursor <= skipped || !asked.has(cursor)) return false;
        const hits = monitor.ask(cursor);
        return hits.length > 0 && stops(hits);
      };
      let stopped = isStopped(0);
      for (let cursor = 1; !stopped && cursor <= bound.plan.steps.length; cursor++) {
        const { from, to } = bound.plan.steps[cursor - 1] as { readonly from: number; readonly to: number };
        bound.run(from, to);
        edit(cursor);
        stopped = isStopped(cursor);
      }
      if (stopped) persistent.set(start);
      return !stopped;
    },
    resumeAfter(iteration, cursor) {
      [resumedIteration, resumedCursor] = [iteration, cursor];
    },
  };
}

/** The values of a plan by index as they stand in a copy of the persistent memory. */
export function viewsIn(bound: BoundPlan, copy: Uint8Array<ArrayBuffer>): (index: number) => View {
  const views = new Map<number, View>();
  return (index) => {
    const known = views.get(index);
    if (known) return known;
    const live = bound.view(index);
    const { byteOffset, length } = live;
    const made =
      live instanceof Int32Array
        ? new Int32Array(copy.buffer, byteOffset, length)
        : new Float32Array(copy.buffer, byteOffset, length);
    views.set(index, made);
    return made;
  };
}
