// Breakpoints inside training: the checks of the debugger's plan asked in the plan that training runs, at the instruction behind
// which everything is computed that the debugger's cursor has behind it. An iteration that stops leaves parameters, state and
// slots as they were when it began. Who trains without breakpoints never comes here.
import type { Condition } from '../language/condition.ts';
import type { Plan } from '../program/plan.ts';
import type { BoundPlan, View, Workspace } from '../runtime/workspace.ts';
import type { Check } from './breakpoints.ts';
import type { ConditionHost } from './conditions.ts';
import type { BreakpointHit, LogEntry } from './halt.ts';
import type { HitMemory } from './hit-memory.ts';
import { createMonitor } from './monitor.ts';
import type { KernelMemory } from './reduce-kernel.ts';

export interface ArmedRunOptions {
  /** The debugger's plan of the same graph: whose cursors the checks name. */
  readonly stepping: Plan;
  /** Training's plan, compiled with `retain` of what the checks need. */
  readonly bound: BoundPlan;
  readonly workspace: Workspace;
  readonly checks: readonly Check[];
  readonly memory: HitMemory;
  readonly iteration: () => number;
  readonly epoch: () => number;
  readonly log: (entry: LogEntry) => void;
  /** Watches ask for updates, too. */
  readonly keepsBefore?: boolean;
  /** Whether a hit stops the iteration. */
  readonly stops: (hit: BreakpointHit) => boolean;
  /**
   * Plays iterations [from, to) that were executed here once more, unasked, and leaves the run at `to`. Without it every iteration
   * that may have to be taken back is copied before it changes anything.
   */
  readonly replay?: (from: number, to: number) => void;
}

export interface ArmedRun {
  /** What conditions ask besides the plan, for watches. */
  readonly host: ConditionHost;
  /** One iteration of a plan that is fed. False: stopped, and nothing persistent has changed. */
  execute(): boolean;
  /** Before iterations that follow one another: what is persistent may be another than the last one left. */
  begin(): void;
  /** The run goes on from here: checks up to this cursor of the iteration are behind it. */
  resumeAfter(iteration: number, cursor: number): void;
}

/** One copy in so many iterations that follow one another: what lies between is replayed, should one be taken back. */
const copiesEvery = 16;

export function createArmedRun(options: ArmedRunOptions): ArmedRun {
  const { stepping, bound, workspace, checks } = options;
  const { persistent } = workspace;
  const asksBefore = options.keepsBefore === true || checks.some(readsUpdates);
  const before = asksBefore ? memoryForCopy(persistent.length) : null;
  const kernels: KernelMemory = { workspace: workspace.memory, before };
  const stopping = checks.filter(({ log }) => log === null).map(({ cursor }) => cursor);
  const [lastStop = 0] = stopping.length > 0 ? positionsOf(stepping, bound.plan, [Math.max(...stopping)]) : [];
  const firstWrite = firstPersistentWrite(bound.plan);
  // An iteration that can only stop before anything persistent is written needs no copy to go back.
  const restores = lastStop > firstWrite;
  const copies = new Map<number, View>();
  const length = asksBefore ? persistent.length : 0;
  const copy = before ? new Uint8Array(before.memory.buffer, 0, length) : new Uint8Array(length);
  const start = new Uint8Array(restores ? persistent.length : 0);
  const every = options.replay ? copiesEvery : 1;
  /** The iteration that `start` is the start of, and the last one that was executed to its end; -1: none. */
  let [startOf, last] = [-1, -1];
  const beforeOf = (index: number): View => {
    const known = copies.get(index);
    if (known) return known;
    const live = bound.view(index);
    const made =
      live instanceof Int32Array
        ? new Int32Array(copy.buffer, live.byteOffset, live.length)
        : new Float32Array(copy.buffer, live.byteOffset, live.length);
    copies.set(index, made);
    return made;
  };
  const host: ConditionHost = { iteration: options.iteration, epoch: options.epoch, before: beforeOf };
  const asked = asksBefore && options.keepsBefore !== true ? persistentNeeds(checks, bound) : [];
  const sources = asked.map((index) => bound.view(index));
  const targets = asked.map(beforeOf);
  /** Keeps what is about to be written: the update finds it near. */
  const keep = (): void => {
    if (options.keepsBefore === true) copy.set(persistent);
    for (let i = 0; i < sources.length; i++) (targets[i] as View).set(sources[i] as View);
    const at = options.iteration();
    if (!restores || (startOf >= 0 && at === last + 1 && at - startOf < every)) return;
    start.set(persistent);
    startOf = at;
  };
  const takeBack = (): void => {
    persistent.set(start);
    const at = options.iteration();
    if (startOf < at) options.replay?.(startOf, at);
  };
  const advance = (from: number, to: number): void => {
    if (from > firstWrite || to <= firstWrite) {
      bound.run(from, to);
      return;
    }
    if (firstWrite > from) bound.run(from, firstWrite);
    keep();
    bound.run(firstWrite, to);
  };
  const { memory, log } = options;
  const monitor = createMonitor(checks, { stepping, bound, host, memory, log, kernels });
  const positions = positionsOf(stepping, bound.plan, monitor.cursors);
  const end = bound.plan.instructions.length;
  let [resumedIteration, resumedCursor] = [-1, -1];

  return {
    host,
    execute() {
      const skipped = options.iteration() === resumedIteration ? resumedCursor : -1;
      let done = 0;
      for (let i = 0; i < positions.length; i++) {
        const cursor = monitor.cursors[i] as number;
        if (cursor <= skipped) continue;
        const position = positions[i] as number;
        if (position > done) advance(done, position);
        done = Math.max(done, position);
        const hit = monitor.ask(cursor);
        if (hit !== null && options.stops(hit)) {
          if (done > firstWrite) takeBack();
          return false;
        }
      }
      advance(done, end);
      last = options.iteration();
      return true;
    },
    begin() {
      startOf = -1;
    },
    resumeAfter(iteration, cursor) {
      [resumedIteration, resumedCursor] = [iteration, cursor];
    },
  };
}

/** Room for the copy of the persistent memory where kernels can read it, and as much again; null where that cannot be had. */
function memoryForCopy(bytes: number): KernelMemory['before'] {
  const staging = Math.ceil(bytes / 64) * 64;
  const pages = Math.max(1, Math.ceil((2 * staging + 64) / 65_536));
  try {
    return { memory: new WebAssembly.Memory({ initial: pages, maximum: pages }), staging, bytes: pages * 65_536 };
  } catch {
    return null;
  }
}

/** The first instruction that writes what outlives the iteration; the end where none does. */
function firstPersistentWrite({ instructions, values }: Plan): number {
  const at = instructions.findIndex(({ outputs }) => outputs.some((index) => values[index]?.region === 'persistent'));
  return at < 0 ? instructions.length : at;
}

/** What the checks read of what outlives the iteration. */
function persistentNeeds(checks: readonly Check[], { plan, find }: BoundPlan): readonly number[] {
  const found = checks.flatMap(({ needs }) => needs).map(find);
  const indices = new Set(found.filter((index) => index !== undefined));
  return [...indices].filter((index) => plan.values[index]?.region === 'persistent');
}

function readsUpdates({ condition, log }: Check): boolean {
  const logged = (log ?? []).flatMap((part) => (part.kind === 'value' ? [part.condition] : []));
  const all = condition ? [condition, ...logged] : logged;
  return all.some(asksForUpdate);
}

function asksForUpdate(condition: Condition): boolean {
  switch (condition.kind) {
    case 'number':
      return false;
    case 'value':
      return condition.name.form === 'update';
    case 'binary':
      return asksForUpdate(condition.left) || asksForUpdate(condition.right);
    default:
      return asksForUpdate(condition.operand);
  }
}

/**
 * For each cursor of the debugger's plan, ascending: how many of the other plan's instructions must have run, so that every value
 * which both know and which the debugger has computed by then is there. Grows with the cursor.
 */
export function positionsOf(stepping: Plan, plan: Plan, cursors: readonly number[]): readonly number[] {
  const written = new Map<string, number>();
  for (const { outputs, step } of stepping.instructions)
    for (const index of outputs) {
      const name = stepping.values[index]?.name;
      if (name !== undefined && !written.has(name)) written.set(name, step);
    }
  const steps = plan.instructions.map(({ outputs }) =>
    Math.min(...outputs.map((index) => written.get(plan.values[index]?.name ?? '') ?? Number.POSITIVE_INFINITY)),
  );
  return cursors.map((cursor) => steps.findLastIndex((step) => step < cursor) + 1);
}
