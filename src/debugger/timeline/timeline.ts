// Time travel over what stands in memory: notes every iteration, whoever runs it, takes snapshots, brings earlier ones back,
// forks where something is edited. Asks nothing of the past (search.ts, compare.ts); knows no protocol.
import { createStepper, type IterationKeeper, type Patch, type Standing, type Stepper } from '../../runtime/stepper.ts';
import {
  type Branch,
  createForks,
  type Edit,
  eachEdit,
  extend,
  type Forks,
  hasEdits,
  type Moment,
  type Origin,
  ownerOf,
  type RunBy,
  spanAt,
} from './forks.ts';
import {
  applyEdit,
  type Execute,
  feedIteration,
  lossIn,
  type Machine,
  playIteration,
  playRecorded,
  restoreHeld,
  restoreTo,
  snapshotFor,
} from './machine.ts';
import { createRecording, type Recording } from './recording.ts';

/** What is edited; when it takes effect is found out. */
export type Change =
  | {
      readonly kind: 'elements';
      readonly name: string;
      readonly changes: readonly { readonly index: number; readonly value: number }[];
    }
  | { readonly kind: 'rate'; readonly rate: number }
  /** `write` writes parameters and state. */
  | { readonly kind: 'weights'; write(): void };

/** Who ran an iteration, or that it was run before. `stopped`: what executes it gave it up, and the memory stands where it stood. */
export type Trained = RunBy | 'replayed' | 'stopped';

export interface Timeline {
  readonly forks: Forks;
  readonly recording: Recording;
  /** Milliseconds of an iteration, 0 where none was measured. */
  readonly iterationMs: Readonly<Record<RunBy, number>>;
  /** Whether snapshots are taken. */
  on: boolean;
  /** For the stepper of what is attached. */
  readonly keeper: IterationKeeper;
  /** Plans stand, or stand anew, at the start of an iteration: from now on iterations are theirs. */
  attach(machine: Machine, iteration: number): void;
  /** One iteration of training: from the start of `iteration` in memory to the start of the next. */
  train(iteration: number, execute?: Execute): Trained;
  /** Writes something, on a new branch where the present one would change. False: there is nothing of that name to be written. */
  edit(stepper: Stepper, change: Change): boolean;
  /** The edits of this iteration become these, on a branch of its own where it was run with others. False: its start cannot be had. */
  reedit(stepper: Stepper, edits: readonly Edit[]): boolean;
  /** Before another branch becomes the current one: it can be come back to. */
  leave(stepper: Stepper): void;
  /** Milliseconds of replay to the start of an iteration, as iterations were measured; Infinity where none was. */
  replayMs(branch: Branch, iteration: number): number;
  /** Milliseconds of an iteration as measured, by the slower plan; 0: unknown. */
  readonly slowestMs: number;
  /** So long took an iteration. */
  measured(by: RunBy, ms: number): void;
  /** A stepper of its own for a machine beside the one that stands. */
  stepperOn(machine: Machine, branch: Branch): Stepper;
  /** Stands on a branch where that stepper stands. */
  arrive(stepper: Stepper, branch: Branch, machine: Machine, standing: Standing): void;
  /** The state at the start of an iteration as a replay elsewhere gave it; kept until another is gone to. Copied. */
  bring(branch: Branch, iteration: number, state: Uint8Array): void;
  /** On a branch under the same plans. False where the place cannot be had. */
  stand(stepper: Stepper, branch: Branch, at: Moment): boolean;
  /** A history of its own that begins with what is in memory. */
  begin(iteration: number, world: string, origin: Origin, stepper: Stepper | null): Branch;
}

const none: readonly Patch[] = [];

const momentOf = ({ iteration, cursor }: Stepper): Moment => ({ iteration, step: cursor });

/** A history that begins with iteration `first` of a graph. */
export function createTimeline(world: string, first = 0): Timeline {
  const forks = createForks(world, first);
  const recording = createRecording();
  const iterationMs = { training: 0, stepping: 0 };
  let on = true;
  let standing: Machine | null = null;
  let brought: { readonly branch: Branch; readonly iteration: number; readonly state: Uint8Array } | null = null;

  function machine(): Machine {
    if (!standing) throw new Error('no plan stands');
    return standing;
  }

  const state = () => machine().workspace.persistent;
  /** The last branch that was found to be based: asked before every iteration. */
  let based: Branch | null = null;
  const isBased = (branch: Branch) => snapshotFor(recording, branch, branch.from.iteration) !== undefined;

  /** A branch that begins by itself cannot be had again without its first state. */
  function base(branch: Branch): void {
    if (branch === based) return;
    if (!isBased(branch)) recording.put(branch.id, branch.from.iteration, state(), true);
    based = branch;
  }

  /** Nothing was run on it. */
  const isYoung = (branch: Branch) => branch.length === branch.from.iteration;

  /** `ms`: of the iteration before, where it was measured. */
  function snapshot(iteration: number, ms: number): void {
    if (!on || !recording.wants(iteration)) return;
    const begun = performance.now();
    const kept = recording.put(forks.current.id, iteration, state());
    if (kept && ms > 0) recording.spent(performance.now() - begun, ms);
  }

  function took(by: RunBy, ms: number): void {
    iterationMs[by] = iterationMs[by] === 0 ? ms : iterationMs[by] + 0.05 * (ms - iterationMs[by]);
  }

  /** Iterations from the snapshot before. */
  function replays(branch: Branch, iteration: number): number {
    const snapshot = snapshotFor(recording, branch, iteration);
    return snapshot ? iteration - snapshot.iteration : 0;
  }

  const keeper: IterationKeeper = {
    feed(iteration) {
      feedIteration(machine(), forks.current, iteration, machine().debug);
    },
    finished(iteration, rewind) {
      const branch = forks.current;
      if (iteration < branch.length) {
        // The debugger's plan has shown this iteration; what comes next is what the plan made that ran it.
        const span = spanAt(branch, iteration);
        if (span?.by === 'stepping' && span.variant === machine().variants.stepping) return;
        rewind();
        playRecorded(machine(), branch, iteration);
        return;
      }
      if (!isBased(branch)) {
        const redo = rewind();
        base(branch);
        redo();
      }
      extend(branch, 'stepping', machine().variants.stepping, lossIn(machine().debug));
      snapshot(iteration + 1, 0);
    },
    recall(iteration) {
      const [own, branch, from] = [machine(), forks.current, brought];
      if (from?.branch !== branch || from.iteration !== iteration || from.state.length !== state().length) {
        brought = null;
        const count = replays(branch, iteration);
        const begun = performance.now();
        const done = restoreTo(own, recording, branch, iteration);
        if (done && count > 0 && iterationMs.training === 0) took('stepping', (performance.now() - begun) / count);
        return done;
      }
      state().set(from.state);
      restoreHeld(own, branch, iteration);
      return true;
    },
    patches: (iteration, cursor) => patchesOf(machine(), forks.current, iteration, cursor),
  };

  /** What is recorded happens again; breakpoints may stop in it. */
  function replay(branch: Branch, iteration: number, execute: Execute | undefined): Trained {
    const own = machine();
    const by = hasEdits(branch, iteration, 1) ? 'stepping' : 'training';
    if (execute && (own.train || by === 'stepping')) {
      const span = spanAt(branch, iteration);
      const same = span?.by === by && span.variant === own.variants[by];
      const before = same ? null : state().slice();
      if (!playIteration(own, branch, iteration, by, execute)) return 'stopped';
      if (!before) return 'replayed';
      state().set(before);
    }
    playRecorded(own, branch, iteration);
    return 'replayed';
  }

  /** Where an edit of a value takes effect: behind the step that wrote it last, or at the start. Null: it is not computed yet. */
  function effectOf(stepper: Stepper, name: string): number | null {
    const index = stepper.bound.find(name);
    if (index === undefined) return null;
    const writer = stepper.lastWriter(index);
    return writer < 0 && !stepper.isComputed(index) ? null : writer + 1;
  }

  /** The branch that an edit at `at` goes to: what has been run, or stepped through, stays as it was. */
  function branchFor(stepper: Stepper, at: Moment, origin: Edit['kind']): Branch {
    const branch = forks.current;
    const owner = ownerOf(branch, at.iteration) ?? branch;
    const trains = stepper.bound.plan.steps.some(({ phase }) => phase === 'update');
    const stepped = stepper.cursor > 0 && !hasEdits(branch, at.iteration);
    if (!trains || (owner === branch && isYoung(branch) && !stepped)) return branch;
    keepBase(stepper);
    branch.left = momentOf(stepper);
    forks.switchTo(owner);
    return forks.fork(at, origin, Math.floor(at.iteration / machine().iterationsPerEpoch));
  }

  function keepBase(stepper: Stepper): void {
    if (isBased(forks.current) || stepper.iteration !== forks.current.from.iteration) return;
    const cursor = stepper.cursor;
    stepper.runTo(0);
    base(forks.current);
    stepper.runTo(cursor);
  }

  return {
    forks,
    recording,
    iterationMs,
    keeper,
    get on() {
      return on;
    },
    set on(wanted) {
      on = wanted;
    },
    attach(next, iteration) {
      standing = next;
      restoreHeld(next, forks.current, iteration);
    },
    train(iteration, execute) {
      const branch = forks.current;
      if (iteration < branch.length) return replay(branch, iteration, execute);
      base(branch);
      const by = hasEdits(branch, iteration, 1) ? 'stepping' : 'training';
      // A clock's answer is an object on the heap: it is asked now and then.
      const due = on && recording.wants(iteration + 1);
      const timed = due || iteration - branch.from.iteration < 64 || iteration % 64 === 0;
      const begun = timed ? performance.now() : 0;
      if (!playIteration(machine(), branch, iteration, by, execute)) return 'stopped';
      const ms = timed ? performance.now() - begun : 0;
      if (timed) took(by, ms);
      const { train, debug, variants } = machine();
      extend(branch, by, variants[by], lossIn(by === 'training' && train ? train : debug));
      snapshot(iteration + 1, ms);
      return by;
    },
    edit(stepper, change) {
      const step = change.kind === 'elements' ? effectOf(stepper, change.name) : 0;
      if (step === null) return false;
      const at = { iteration: stepper.iteration, step };
      const branch = branchFor(stepper, at, change.kind);
      const { edits } = branch;
      if (change.kind === 'weights') {
        stepper.refresh(change.write);
        // What was never run begins with them.
        if (isYoung(branch) && !isBased(branch)) return true;
        const cursor = stepper.cursor;
        stepper.runTo(0);
        // They hold all that those before them at the same place did.
        const others = edits.filter((edit) => edit.kind !== 'weights' || edit.at.iteration !== at.iteration);
        edits.splice(0, edits.length, ...others, { kind: 'weights', at, state: state().slice() });
        stepper.runTo(cursor);
        return true;
      }
      if (change.kind === 'rate') {
        const own = machine();
        own.prepare(at.iteration, own.debug, branch.measured);
        const scheduled = own.debug.read('lr')[0] as number;
        edits.push({ ...change, at, factor: scheduled === 0 ? null : change.rate / scheduled });
      } else {
        const last = edits[edits.length - 1];
        const same =
          last?.kind === 'elements' &&
          last.name === change.name &&
          last.at.iteration === at.iteration &&
          last.at.step === step;
        if (same) edits.pop();
        edits.push({ ...change, at, changes: merged(same ? last.changes : [], change.changes) });
      }
      stepper.rewrite(step);
      return true;
    },
    reedit(stepper, edits) {
      const { iteration, cursor } = stepper;
      const before = forks.current;
      // Where nothing was run nor edited its start stands already.
      const untouched = isYoung(before) && iteration === before.from.iteration && !hasEdits(before, iteration);
      if (untouched) stepper.runTo(0);
      else if (!keeper.recall(iteration)) return false;
      if (before.length > iteration) {
        before.left = momentOf(stepper);
        forks.switchTo(ownerOf(before, iteration) ?? before);
        const epochs = Math.floor(iteration / machine().iterationsPerEpoch);
        base(forks.fork({ iteration, step: 0 }, 'elements', epochs));
      }
      const { edits: own } = forks.current;
      own.splice(0, own.length, ...own.filter(({ at }) => at.iteration !== iteration), ...edits);
      stepper.reset(iteration);
      stepper.runTo(cursor);
      return true;
    },
    leave(stepper) {
      keepBase(stepper);
      forks.current.left = momentOf(stepper);
    },
    replayMs(branch, iteration) {
      const count = replays(branch, iteration);
      const slower = Math.max(iterationMs.training, iterationMs.stepping);
      // A few are tried, and measured by it.
      return slower > 0 ? count * slower : count <= 4 ? 0 : Number.POSITIVE_INFINITY;
    },
    measured: took,
    get slowestMs() {
      return Math.max(iterationMs.training, iterationMs.stepping);
    },
    stepperOn: (own, branch) =>
      createStepper(own.debug, {
        feed: (iteration) => feedIteration(own, branch, iteration, own.debug),
        patches: (iteration, cursor) => patchesOf(own, branch, iteration, cursor),
        finished: () => undefined,
        recall: () => false,
      }),
    arrive(stepper, branch, own, standing) {
      forks.switchTo(branch);
      stepper.adopt(standing);
      machine().heldWritten = own.heldWritten;
    },
    bring(branch, iteration, there) {
      brought = { branch, iteration, state: there.slice() };
    },
    stand(stepper, branch, { iteration, step }) {
      const before = forks.current;
      forks.switchTo(branch);
      if (!keeper.recall(iteration)) {
        forks.switchTo(before);
        return false;
      }
      stepper.reset(iteration);
      stepper.runTo(step);
      return true;
    },
    begin(iteration, own, origin, stepper) {
      const before = forks.current;
      const trains = standing?.debug.plan.steps.some(({ phase }) => phase === 'update') ?? false;
      const unused = (isYoung(before) || !trains) && forks.isLeaf(before);
      // Of what was never run nothing is kept.
      if (unused) {
        forks.remove(before);
        recording.forget(before.id);
      } else if (stepper) before.left = momentOf(stepper);
      const parent = origin === 'graph' ? (unused ? before.parent : before) : null;
      return forks.begin({ iteration, world: own, origin, parent });
    },
  };
}

/** What is to be written once so many steps were executed. */
function patchesOf(machine: Machine, branch: Branch, iteration: number, cursor: number): readonly Patch[] {
  if (!hasEdits(branch, iteration, cursor)) return none;
  const { debug, workspace } = machine;
  const patches: Patch[] = [];
  eachEdit(branch, iteration, (edit) => {
    if (edit.at.step !== cursor) return;
    const index = edit.kind === 'elements' ? debug.find(edit.name) : debug.find('lr');
    if (index === undefined) return;
    const view = edit.kind === 'weights' ? workspace.persistent : debug.view(index);
    patches.push({ view, write: () => applyEdit(machine, debug, edit) });
  });
  return patches;
}

function merged(
  before: readonly { readonly index: number; readonly value: number }[],
  after: readonly { readonly index: number; readonly value: number }[],
): readonly { readonly index: number; readonly value: number }[] {
  const values = new Map(before.map(({ index, value }) => [index, value]));
  for (const { index, value } of after) values.set(index, value);
  return [...values].map(([index, value]) => ({ index, value }));
}
