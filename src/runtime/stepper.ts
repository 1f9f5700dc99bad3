// The debugger's cursor over a plan that keeps everything: step and step back over forward, backward and update. Stepping
// back undoes in-place writes from a log; whole earlier iterations come back from snapshots by replay, bit for bit.
import type { PlanStep } from '../program/plan.ts';
import { assert } from '../tensor/assert.ts';
import type { BoundPlan, View, Workspace } from './workspace.ts';

export interface Stepper {
  readonly bound: BoundPlan;
  /** Steps executed in this iteration. */
  readonly cursor: number;
  readonly iteration: number;
  /** Executes steps[cursor]; false at the end of the iteration. */
  step(): boolean;
  /** Undoes steps[cursor − 1]; at the start of an iteration goes to the end of the one before. False where no history is left. */
  stepBack(): boolean;
  /** Executes up to `cursor` (forwards or backwards) within the iteration. */
  runTo(cursor: number): void;
  /** Back to the start of the iteration. */
  restart(): void;
  /** Begins the next iteration; `feed` writes its feeds. */
  nextIteration(feed: (iteration: number) => void): void;
  /** Feeds or persistent values were written from outside at the start of time: computed values follow up to the same cursor. */
  refresh(write: () => void): void;
  /** Forgets history, stands at the start of iteration `iteration`. */
  reset(iteration: number, feed: (iteration: number) => void): void;
  /** Gives persistent values back as they were at the start, but leaves what was computed readable until the next command: for others to use the memory. */
  suspend(): void;
  /** Iterations done once what has begun is finished or given up: one more when all steps are executed. */
  readonly settledIteration: number;
  /** A persistent value between iterations: as it was at the start of this one, or as it is when all steps are executed. */
  settled(index: number): View;
  /** Whether a value (index into plan.values) holds its number of this iteration. */
  isComputed(index: number): boolean;
  /** Indices of values that a step writes. */
  writes(step: number): readonly number[];
}

interface Undo {
  readonly view: View;
  readonly before: View;
}

/** State at the start of an iteration. */
interface Snapshot {
  readonly iteration: number;
  readonly persistent: Uint8Array;
  readonly feeds: readonly View[];
}

export interface StepperOptions {
  /** Bytes that earlier iterations may take. */
  readonly historyBytes?: number;
}

export function createStepper(workspace: Workspace, bound: BoundPlan, options: StepperOptions = {}): Stepper {
  const { plan } = bound;
  assert(plan.retain === 'all', 'stepping needs a plan that keeps every value');
  const historyBytes = options.historyBytes ?? 64 * 2 ** 20;
  const writers = new Map<number, number>();
  const written: number[][] = plan.steps.map((step, at) => {
    const indices: number[] = [];
    for (const instruction of plan.instructions.slice(step.from, step.to)) indices.push(...instruction.outputs);
    for (const index of indices) if (!writers.has(index)) writers.set(index, at);
    return [...new Set(indices)];
  });
  const inPlace = written.map((indices) => indices.filter((index) => plan.values[index]?.region === 'persistent'));
  const feeds = plan.values.flatMap((value, index) => (value.kind === 'feed' ? [bound.view(index)] : []));
  const counter = bound.find('iteration');

  let cursor = 0;
  let iteration = 0;
  /** Steps whose results are still readable after `suspend`. */
  let shown = 0;
  const undo: Undo[][] = [];
  const history: Snapshot[] = [];
  let start = take();

  function take(): Snapshot {
    return { iteration, persistent: workspace.persistent.slice(), feeds: feeds.map((view) => view.slice()) };
  }

  function restore(snapshot: Snapshot): void {
    workspace.persistent.set(snapshot.persistent);
    snapshot.feeds.forEach((saved, i) => void (feeds[i] as View).set(saved));
    iteration = snapshot.iteration;
    start = snapshot;
    cursor = 0;
    undo.length = 0;
  }

  const isDone = () => cursor > 0 && cursor === plan.steps.length;

  function setCounter(): void {
    if (counter !== undefined) bound.view(counter)[0] = iteration;
  }

  function step(): boolean {
    const next = plan.steps[cursor] as PlanStep | undefined;
    if (!next) return false;
    shown = 0;
    undo.push((inPlace[cursor] ?? []).map((index) => ({ view: bound.view(index), before: bound.view(index).slice() })));
    bound.run(next.from, next.to);
    cursor++;
    return true;
  }

  function stepBack(): boolean {
    if (cursor > 0) {
      for (const { view, before } of undo.pop() ?? []) view.set(before);
      cursor--;
      return true;
    }
    const earlier = history.pop();
    if (!earlier) return false;
    restore(earlier);
    while (step());
    return true;
  }

  function trim(): void {
    const bytesOf = (snapshot: Snapshot) =>
      snapshot.persistent.byteLength + snapshot.feeds.reduce((sum, feed) => sum + feed.byteLength, 0);
    let total = history.reduce((sum, snapshot) => sum + bytesOf(snapshot), 0);
    while (total > historyBytes && history.length > 0) total -= bytesOf(history.shift() as Snapshot);
  }

  return {
    bound,
    get cursor() {
      return cursor;
    },
    get iteration() {
      return iteration;
    },
    step,
    stepBack,
    runTo(target) {
      while (cursor < target && step());
      while (cursor > target && cursor > 0) stepBack();
    },
    restart() {
      while (cursor > 0) stepBack();
    },
    nextIteration(feed) {
      while (step());
      history.push(start);
      trim();
      iteration++;
      setCounter();
      feed(iteration);
      cursor = 0;
      undo.length = 0;
      start = take();
    },
    refresh(write) {
      const at = cursor;
      while (cursor > 0) stepBack();
      write();
      start = take();
      while (cursor < at && step());
    },
    reset(to, feed) {
      history.length = 0;
      undo.length = 0;
      cursor = 0;
      shown = 0;
      iteration = to;
      setCounter();
      feed(to);
      start = take();
    },
    suspend() {
      const reached = cursor;
      while (cursor > 0) stepBack();
      shown = reached;
    },
    get settledIteration() {
      return iteration + (isDone() ? 1 : 0);
    },
    settled(index) {
      const live = bound.view(index);
      if (cursor === 0 || isDone()) return live;
      const before = start.persistent.buffer;
      return live instanceof Int32Array
        ? new Int32Array(before, live.byteOffset, live.length)
        : new Float32Array(before, live.byteOffset, live.length);
    },
    isComputed(index) {
      const writer = writers.get(index);
      // What replaces a persistent value is that value; before the step it holds the old number.
      return writer === undefined || plan.values[index]?.kind !== 'computed' || writer < Math.max(cursor, shown);
    },
    writes: (at) => written[at] ?? [],
  };
}
