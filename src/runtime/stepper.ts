// The debugger's cursor over a plan that keeps everything: step and step back over forward, backward and update. Within an
// iteration in-place writes are undone from a log; whole iterations are its keeper's (a recording, debugger/timeline/timeline.ts).
import type { PlanStep } from '../program/plan.ts';
import { assert } from '../tensor/assert.ts';
import type { BoundPlan, View } from './workspace.ts';

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
  /** Begins the next iteration. */
  nextIteration(): void;
  /** To any iteration that the keeper has. False where it has not: nothing has moved. */
  seek(iteration: number, cursor: number): boolean;
  /** Persistent values or feeds were written from outside at the start of time: computed values follow up to the same cursor. */
  refresh(write: () => void): void;
  /** What the keeper has to write at or behind step `from` has changed: computed values follow up to the same cursor. */
  rewrite(from: number): void;
  /** Stands at the start of iteration `iteration`: the memory is as it should be there. */
  reset(iteration: number): void;
  /** Gives persistent values back as they were at the start, but leaves what was computed readable until the next command: for others to use the memory. */
  suspend(): void;
  /** Where it stands, with what undoes its steps: for another to stand there. */
  readonly standing: Standing;
  /** Stands where a stepper of the same plans does, in a memory that is laid out alike; takes that over whole. */
  adopt(standing: Standing): void;
  /**
   * Iterations done once what has begun is finished or given up: one more when all steps are executed. Without updates nothing is
   * learned, and a pass that was looked at to its end is no iteration of the run.
   */
  readonly settledIteration: number;
  /** A persistent value between iterations: as it was at the start of this one, or as it is when that is done. */
  settled(index: number): View;
  /** A persistent value as it was when this iteration began; a copy, or the live numbers. */
  begun(index: number): View;
  /** Whether a value (index into plan.values) holds its number of this iteration. */
  isComputed(index: number): boolean;
  /** Indices of values that a step writes. */
  writes(step: number): readonly number[];
  /** The step executed last in this iteration that wrote a value's memory, or -1. */
  lastWriter(index: number): number;
}

/** Who knows iterations: feeds them, notes them, brings them back. */
export interface IterationKeeper {
  /** Feeds, learning rate and counter of an iteration. */
  feed(iteration: number): void;
  /**
   * All steps of `iteration` are executed: the memory becomes that of the next one's start. `rewind` gives persistent values
   * back as they were at its start; what it answers makes them again what they are now.
   */
  finished(iteration: number, rewind: () => () => void): void;
  /** Makes the memory as it was when `iteration` began. False: it is not kept, and nothing was touched. */
  recall(iteration: number): boolean;
  /** What was written from outside once `cursor` steps were executed. */
  patches(iteration: number, cursor: number): readonly Patch[];
}

export interface Patch {
  /** What it writes to. */
  readonly view: View | Uint8Array;
  write(): void;
}

export interface Standing {
  readonly bound: BoundPlan;
  readonly iteration: number;
  readonly cursor: number;
  readonly undo: readonly (readonly Undo[])[];
}

interface Undo {
  readonly view: View | Uint8Array;
  readonly before: View | Uint8Array;
}

/** Over a plan that keeps every value (`retain: all`, asserted). */
export function createStepper(bound: BoundPlan, keeper: IterationKeeper): Stepper {
  const { plan } = bound;
  assert(plan.retain === 'all', 'stepping needs a plan that keeps every value');
  const written: number[][] = plan.steps.map((step) => {
    const indices = plan.instructions.slice(step.from, step.to).flatMap(({ outputs }) => outputs);
    return [...new Set(indices)];
  });
  const writers = new Map<number, number>();
  written.forEach((indices, at) => {
    for (const index of indices) if (!writers.has(index)) writers.set(index, at);
  });
  const inPlace = written.map((indices) => indices.filter((index) => plan.values[index]?.region === 'persistent'));

  let cursor = 0;
  let iteration = 0;
  /** Steps whose results are still readable after `suspend`. */
  let shown = 0;
  /** Per executed step. */
  const undo: Undo[][] = [];

  const updates = plan.steps.some(({ phase }) => phase === 'update');
  const isDone = () => updates && cursor === plan.steps.length;

  function begin(at: number): void {
    iteration = at;
    cursor = 0;
    shown = 0;
    undo.length = 0;
    keeper.feed(at);
    for (const patch of keeper.patches(at, 0)) patch.write();
  }

  const saved = (view: View | Uint8Array): Undo => ({ view, before: view.slice() });

  function step(): boolean {
    const next = plan.steps[cursor] as PlanStep | undefined;
    if (!next) return false;
    shown = 0;
    const log = (inPlace[cursor] ?? []).map((index) => saved(bound.view(index)));
    undo.push(log);
    bound.run(next.from, next.to);
    cursor++;
    for (const patch of keeper.patches(iteration, cursor)) {
      log.push(saved(patch.view));
      patch.write();
    }
    return true;
  }

  function undoStep(): void {
    const log = undo.pop() ?? [];
    for (let i = log.length - 1; i >= 0; i--) restoreOne(log[i] as Undo);
    cursor--;
  }

  function toStart(): void {
    while (cursor > 0) undoStep();
  }

  function runTo(target: number): void {
    while (cursor < target && step());
    while (cursor > target && cursor > 0) undoStep();
  }

  /** Persistent memory as at the start, and back again. */
  function rewind(): () => void {
    const redo: Undo[] = [];
    for (let at = undo.length - 1; at >= 0; at--) {
      const log = undo[at] as Undo[];
      for (let i = log.length - 1; i >= 0; i--) {
        const entry = log[i] as Undo;
        redo.push(saved(entry.view));
        restoreOne(entry);
      }
    }
    return () => {
      for (let i = redo.length - 1; i >= 0; i--) restoreOne(redo[i] as Undo);
    };
  }

  function begun(index: number): View {
    const live = bound.view(index);
    for (const log of undo)
      for (const { view, before } of log)
        if (view.byteOffset === live.byteOffset && view.length === live.length) return before as View;
    return live;
  }

  /** Whether two values lie in the same bytes. */
  function shareBytes(a: number, b: number): boolean {
    if (a === b) return true;
    const [first, second] = [plan.values[a], plan.values[b]];
    if (first?.region !== 'persistent' || second?.region !== 'persistent') return false;
    return first.offset < second.offset + second.bytes && second.offset < first.offset + first.bytes;
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
    stepBack() {
      if (cursor > 0) undoStep();
      else {
        if (iteration === 0 || !keeper.recall(iteration - 1)) return false;
        begin(iteration - 1);
        while (step());
      }
      return true;
    },
    runTo,
    restart: toStart,
    nextIteration() {
      while (step());
      keeper.finished(iteration, rewind);
      begin(iteration + 1);
    },
    seek(to, target) {
      if (to !== iteration) {
        if (!keeper.recall(to)) return false;
        begin(to);
      }
      runTo(target);
      return true;
    },
    refresh(write) {
      const at = cursor;
      toStart();
      write();
      runTo(at);
    },
    rewrite(from) {
      const at = cursor;
      runTo(Math.max(0, from - 1));
      if (from <= 0) for (const patch of keeper.patches(iteration, 0)) patch.write();
      runTo(at);
    },
    reset: begin,
    suspend() {
      const reached = cursor;
      toStart();
      shown = reached;
    },
    get standing() {
      return { bound, iteration, cursor, undo };
    },
    adopt(other) {
      const [here, there] = [memoryOf(bound), memoryOf(other.bound)];
      assert(here.length === there.length, 'the memory is laid out alike');
      here.set(there);
      ({ iteration, cursor } = other);
      shown = 0;
      const moved = ({ view, before }: Undo): Undo => ({ view: sameView(view, here.buffer), before });
      undo.splice(0, undo.length, ...other.undo.map((log) => log.map(moved)));
    },
    get settledIteration() {
      return iteration + (isDone() ? 1 : 0);
    },
    settled: (index) => (isDone() ? bound.view(index) : begun(index)),
    begun,
    isComputed(index) {
      const writer = writers.get(index);
      // What replaces a persistent value is that value; before the step it holds the old number.
      return writer === undefined || plan.values[index]?.kind !== 'computed' || writer < Math.max(cursor, shown);
    },
    writes: (at) => written[at] ?? [],
    lastWriter(index) {
      for (let at = cursor - 1; at >= 0; at--) if (written[at]?.some((other) => shareBytes(other, index))) return at;
      return -1;
    },
  };
}

function restoreOne({ view, before }: Undo): void {
  (view as Uint8Array).set(before as Uint8Array);
}

const memoryOf = ({ view }: BoundPlan): Uint8Array => new Uint8Array(view(0).buffer);

/** The same place in another memory. */
function sameView(view: View | Uint8Array, buffer: ArrayBufferLike): View | Uint8Array {
  if (view instanceof Uint8Array) return new Uint8Array(buffer, view.byteOffset, view.length);
  if (view instanceof Int32Array) return new Int32Array(buffer, view.byteOffset, view.length);
  return new Float32Array(buffer, view.byteOffset, view.length);
}
