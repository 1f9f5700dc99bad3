// Edits of a run's numbers taken back, the last one first. What forked goes back to the branch that it left, to the very place; where
// nothing forked the iteration has the edits that it had before. A branch that has been run on since stays. Edits that would keep
// too many loaded weights in memory are forgotten, the oldest first.
import type { Stepper } from '../../runtime/stepper.ts';
import type { Branch, Edit, Moment } from './forks.ts';
import type { Change, Timeline } from './timeline.ts';

export interface EditUndo {
  /** How many were made and not taken back, the forgotten ones among them. */
  readonly count: number;
  /** As the timeline's, remembered. */
  edit(stepper: Stepper, change: Change): boolean;
  /** Where taking that one back leads to; null: it cannot be. */
  wayBack(which: number): { readonly branch: Branch; readonly at: Moment } | null;
  /**
   * The `which`-th of them, from 1, with all that came behind it; the last one by default. False: there is none, it was forgotten, or
   * its branch is gone or belongs to another graph; nothing has moved.
   */
  takeBack(stepper: Stepper, which?: number): boolean;
  clear(): void;
}

interface Done {
  /** Before it, and with it. */
  readonly from: Branch;
  readonly branch: Branch;
  readonly at: Moment;
  /** Of its iteration, before it. */
  readonly edits: readonly Edit[];
}

/** Bytes of weights that are kept for taking edits back. */
const usualBytes = 256 * 2 ** 20;

/** For whichever timeline stands. `mostBytes`: of loaded weights that are remembered, in all. */
export function createEditUndo(timeline: () => Timeline, mostBytes = usualBytes): EditUndo {
  let done: Done[] = [];
  /** Older ones, which cannot be taken back any more. */
  let forgotten = 0;

  function forgetOldest(): void {
    while (done.length > 1 && bytesOf(done) > mostBytes) {
      done.shift();
      forgotten++;
    }
  }

  const isOpen = ({ branches, current }: Timeline['forks'], branch: Branch): boolean =>
    branches.includes(branch) && branch.world === current.world;

  /** Stands there; the step alone where it is this iteration. */
  function goTo(stepper: Stepper, branch: Branch, at: Moment): boolean {
    const { forks } = timeline();
    if (!isOpen(forks, branch)) return false;
    if (forks.current === branch && stepper.iteration === at.iteration) {
      stepper.runTo(at.step);
      return true;
    }
    timeline().leave(stepper);
    return timeline().stand(stepper, branch, at);
  }

  return {
    get count() {
      return forgotten + done.length;
    },
    edit(stepper, change) {
      const from = timeline().forks.current;
      const at = { iteration: stepper.iteration, step: stepper.cursor };
      const edits = from.edits.filter((edit) => edit.at.iteration === at.iteration);
      // Without a state from before it could not be taken back.
      timeline().leave(stepper);
      if (!timeline().edit(stepper, change)) return false;
      done.push({ from, branch: timeline().forks.current, at, edits });
      forgetOldest();
      return true;
    },
    wayBack(which) {
      const edit = done[which - forgotten - 1];
      return edit && isOpen(timeline().forks, edit.from) ? { branch: edit.from, at: edit.at } : null;
    },
    takeBack(stepper, which = forgotten + done.length) {
      const index = which - forgotten - 1;
      const last = done[index];
      if (!last) return false;
      const { from, branch, at, edits } = last;
      done = done.slice(0, index);
      if (!goTo(stepper, from, at)) return false;
      if (branch === from) {
        if (!timeline().reedit(stepper, edits)) return false;
        // Where it was run since, that is a branch of its own: what is taken back next is taken back there.
        const { current } = timeline().forks;
        const follow = (each: Branch) => (each === branch ? current : each);
        done = done.map((each) => ({ ...each, from: follow(each.from), branch: follow(each.branch) }));
        return true;
      }
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
      forgotten = 0;
    },
  };
}

/** Of the weights that these hold, each once. */
function bytesOf(done: readonly Done[]): number {
  const edits = done.flatMap((each) => each.edits);
  const states = new Set(edits.flatMap((edit) => (edit.kind === 'weights' ? [edit.state] : [])));
  let bytes = 0;
  for (const { byteLength } of states) bytes += byteLength;
  return bytes;
}
