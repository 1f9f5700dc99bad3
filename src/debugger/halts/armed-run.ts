// Breakpoints inside training: the checks of the debugger's plan asked in the plan that training runs, at the instruction behind
// which everything is computed that the debugger's cursor has behind it. An iteration that stops leaves parameters, state and
// slots as they were when it began. Who trains without breakpoints never comes here.
import type { Plan } from '../../program/plan.ts';
import type { BoundPlan } from '../../runtime/workspace.ts';
import { assert } from '../../tensor/assert.ts';
import type { ConditionHost } from '../conditions/conditions.ts';
import { type CheckedRun, createMonitor } from './monitor.ts';

export interface ArmedRunOptions extends CheckedRun {
  /** The debugger's plan of the same graph: whose cursors the checks name. */
  readonly stepping: Plan;
  /** Training's plan, compiled with `retain` of what the checks need. */
  readonly bound: BoundPlan;
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

/** Binds the checks to training's plan; memory to take an iteration back by is taken only where a stop can come after a write. */
export function createArmedRun(options: ArmedRunOptions): ArmedRun {
  const { stepping, bound, workspace, checks } = options;
  const { persistent } = workspace;
  const stopping = checks.filter(({ log }) => log === null).map(({ cursor }) => cursor);
  const [lastStop = 0] = stopping.length > 0 ? positionsOf(stepping, bound.plan, [Math.max(...stopping)]) : [];
  const firstWrite = firstPersistentWrite(bound.plan);
  // An iteration that can only stop before anything persistent is written needs no copy to go back.
  const restores = lastStop > firstWrite;
  const start = new Uint8Array(restores ? persistent.length : 0);
  const every = options.replay ? copiesEvery : 1;
  /** The iteration that `start` is the start of, and the last one that was executed to its end; -1: none. */
  let [startOf, last] = [-1, -1];
  const host: ConditionHost = {
    iteration: options.iteration,
    epoch: options.epoch,
    before() {
      assert(false, 'the plan keeps what updates ask for');
    },
  };
  const keep = (): void => {
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
  const monitor = createMonitor(checks, { stepping, bound, host, memory, log, kernels: workspace.memory });
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
        const hits = monitor.ask(cursor);
        if (hits.length > 0 && options.stops(hits)) {
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

/** The first instruction that writes what outlives the iteration; the end where none does. */
function firstPersistentWrite({ instructions, values }: Plan): number {
  const at = instructions.findIndex(({ outputs }) => outputs.some((index) => values[index]?.region === 'persistent'));
  return at < 0 ? instructions.length : at;
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
