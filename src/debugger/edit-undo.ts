// Edits of a run's numbers taken back, the last one first. What forked goes back to the branch that it left, to the very place; where
// nothing forked the numbers from before are written again. A branch that has been run on since stays.
import type { Stepper } from '../runtime/stepper.ts';
import type { Branch, Moment } from './forks.ts';
import type { Change, Timeline } from './timeline.ts';

export interface EditUndo {
  /** How many can be taken back. */
  readonly count: number;
  /** As the timeline's, remembered. */
  edit(stepper: Stepper, change: Change): boolean;
  /** False: there is none, or its branch is gone or belongs to another graph. */
  takeBack(stepper: Stepper): boolean;
  clear(): void;
}

interface Done {
  /** Before it, and with it. */
  readonly from: Branch;
  readonly branch: Branch;
  readonly at: Moment;
  /** Writes what was there before; null of whole weights. */
  readonly inverse: Change | null;
}

export function createEditUndo(timeline: () => Timeline): EditUndo {
  let done: Done[] = [];

  /** Stands there; the step alone where it is this iteration. */
  function goTo(stepper: Stepper, branch: Branch, at: Moment): boolean {
    const { forks } = timeline();
    if (!forks.branches.includes(branch) || branch.world !== forks.current.world) return false;
    if (forks.current === branch && stepper.iteration === at.iteration) {
      stepper.runTo(at.step);
      return true;
    }
    timeline().leave(stepper);
    return timeline().stand(stepper, branch, at);
  }

  return {
    get count() {
      return done.length;
    },
    edit(stepper, change) {
      const from = timeline().forks.current;
      const at = { iteration: stepper.iteration, step: stepper.cursor };
      const inverse = inverseOf(stepper, change);
      if (!timeline().edit(stepper, change)) return false;
      done.push({ from, branch: timeline().forks.current, at, inverse });
      return true;
    },
    takeBack(stepper) {
      const last = done.pop();
      if (!last) return false;
      const { from, branch, at, inverse } = last;
      const forked = branch !== from;
      if ((!forked && !inverse) || !goTo(stepper, from, at)) return false;
      if (!forked) return timeline().edit(stepper, inverse as Change);
      const { forks, recording } = timeline();
      const unused = branch.length === branch.from.iteration && forks.isLeaf(branch);
      if (unused && forks.branches.includes(branch)) {
        forks.remove(branch);
        recording.forget(branch.id);
      }
      return true;
    },
    clear() {
      done = [];
    },
  };
}

function inverseOf({ bound }: Stepper, change: Change): Change | null {
  if (change.kind === 'weights') return null;
  if (change.kind === 'rate') return { kind: 'rate', rate: bound.read('lr')[0] as number };
  const index = bound.find(change.name);
  if (index === undefined) return null;
  const view = bound.view(index);
  const changes = change.changes.flatMap(({ index: element }) =>
    element >= 0 && element < view.length ? [{ index: element, value: view[element] as number }] : [],
  );
  return { ...change, changes };
}
