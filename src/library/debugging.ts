// A training that breakpoints stop, for programs: the same checks that the page's worker makes, told in the steps of the debugger's
// plan. What texts are wrong is answered, with places; nothing of it throws.

import { type ConditionHost, compileCondition, dryBinding } from '../debugger/conditions/conditions.ts';
import { createArmedRun } from '../debugger/halts/armed-run.ts';
import { breakpointId, resolveBreakpoint } from '../debugger/halts/breakpoints.ts';
import type { Breakpoint, BreakpointFault, BreakpointHit, LogEntry, WatchSetting } from '../debugger/halts/halt.ts';
import { createHitMemory } from '../debugger/halts/hit-memory.ts';
import { comparedIn } from '../debugger/halts/monitor.ts';
import type { GraphFile } from '../graph/schema.ts';
import { type Condition, parseCondition } from '../language/condition.ts';
import { pathsInside } from '../language/paths-inside.ts';
import { printCondition } from '../language/print-condition.ts';
import type { Plan } from '../program/plan.ts';
import type { BoundPlan } from '../runtime/workspace.ts';
import { assert } from '../tensor/assert.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import { compile } from './compile.ts';
import { canTrain, prepareWithoutData, refuseUnfed, standWithoutTraining } from './no-data.ts';
import { Refused, settle, unlessRefused } from './refused.ts';
import { prepareTraining, standTraining, type Training, type TrainingOptions } from './training.ts';

export interface DebuggingOptions extends TrainingOptions {
  readonly breakpoints?: readonly Breakpoint[];
  /** Asked for with `watched`. */
  readonly watches?: readonly WatchSetting[];
  /** Whether a hit stops the iteration; every hit does by default. */
  readonly onHit?: (hit: BreakpointHit) => boolean;
  /** Lines of log points. */
  readonly onLog?: (entry: LogEntry) => void;
}

export interface Watched {
  readonly id: string;
  /** Of its node; '' for the whole graph. */
  readonly path: string;
  /** The expression in its canonical spelling. */
  readonly text: string;
  readonly value: number;
  /** The numbers that a comparison compares, by their text. */
  readonly values: Readonly<Record<string, number>>;
}

export interface DebuggedTraining extends Training {
  /**
   * One iteration, or what stopped it: then nothing of it counts, parameters and state are as they were before it, and the next call
   * runs it again, going on behind the stop.
   */
  iterate(): BreakpointHit | null;
  /** The watches' numbers in the iteration done last. */
  watched(): readonly Watched[];
  /** Hits by breakpoint, in their order. */
  counts(): readonly number[];
}

export interface DebuggingOpening {
  /** null after an error or a fault. */
  readonly training: DebuggedTraining | null;
  readonly diagnostics: readonly Diagnostic[];
  /** What is wrong with breakpoints and watches, by id. */
  readonly faults: readonly (BreakpointFault & { readonly id: string })[];
}

/**
 * Training that breakpoints stop. Never throws for what graph or breakpoints have wrong: `training` is null where nothing can run.
 */
export function createDebugging(graph: GraphFile, options: DebuggingOptions = {}): DebuggingOpening {
  const diagnostics: Diagnostic[] = [];
  const faults: (BreakpointFault & { id: string })[] = [];
  return unlessRefused(
    (): DebuggingOpening => ({ training: open(graph, options, diagnostics, faults), diagnostics, faults }),
    (found): DebuggingOpening => ({ training: null, diagnostics: found, faults }),
  );
}

function open(
  source: GraphFile,
  options: DebuggingOptions,
  diagnostics: Diagnostic[],
  faults: (BreakpointFault & { id: string })[],
): DebuggedTraining {
  const { breakpoints = [], watches = [] } = options;
  const bare = source.training.data === undefined;
  const prepared = bare ? prepareWithoutData(source, options) : prepareTraining(source, options, diagnostics);
  const expand = pathsInside([...breakpoints, ...watches]);
  const stepping = steppingPlan(prepared.graph, expand, diagnostics);
  if (bare) refuseUnfed(stepping);
  const dry = { bound: dryBinding(stepping), host: noHost };
  const resolved = breakpoints.map((breakpoint) => resolveBreakpoint(breakpoint, dry));
  for (const { id, faults: own } of resolved) faults.push(...own.map((fault) => ({ ...fault, id })));
  const read = watches.map((watch) => readWatch(watch, dry));
  for (const each of read) if ('fault' in each) faults.push(each.fault);
  if (faults.length > 0) throw new Refused(diagnostics);

  const checks = resolved.flatMap((each) => each.checks);
  const needs = [
    ...checks.flatMap((check) => check.needs),
    ...read.flatMap((each) => ('fault' in each ? [] : each.needs)),
  ];
  const retain = [...new Set(needs)];
  const standing =
    bare && !canTrain(stepping)
      ? standWithoutTraining(prepared, stepping, diagnostics, retain)
      : standTraining(prepared, diagnostics, { retain, expand });
  const { run, bound, workspace } = standing;
  const memory = createHitMemory();
  let stopped: BreakpointHit | null = null;
  const armed = createArmedRun({
    stepping,
    bound,
    workspace,
    checks,
    memory,
    iteration: () => run.iteration,
    epoch: () => run.epoch,
    log: (entry) => options.onLog?.(entry),
    replay(from, to) {
      for (run.seek(from); run.iteration < to; ) run.iterate();
    },
    stops(hits) {
      stopped = hits.find((hit) => options.onHit?.(hit) !== false) ?? null;
      return stopped !== null;
    },
  });
  const questions = read.flatMap((each) => ('fault' in each ? [] : [bindWatch(each, bound, armed.host)]));
  return {
    ...standing,
    loadWeights(tensors) {
      armed.begin();
      return standing.loadWeights(tensors);
    },
    iterate() {
      stopped = null;
      if (checks.length === 0 && watches.length === 0) run.iterate();
      else if (!run.iterateBy(armed.execute)) {
        const hit = stopped as BreakpointHit | null;
        assert(hit, 'only hits stop an iteration');
        armed.resumeAfter(hit.iteration, hit.cursor);
        return hit;
      }
      return null;
    },
    watched: () =>
      questions.map(({ id, path, text, evaluate, parts }) => ({
        id,
        path,
        text,
        value: evaluate(),
        values: Object.fromEntries(parts.map((part) => [part.text, part.evaluate()])),
      })),
    counts: () => breakpoints.map((breakpoint) => memory.count(breakpointId(breakpoint))),
  };
}

/** As the page's debugger plans it: without a loss forward only. */
function steppingPlan(graph: GraphFile, expand: readonly string[], diagnostics: Diagnostic[]): Plan {
  const trained = compile(graph, { retain: 'all', gradients: 'all', expand });
  const { plan } = trained;
  const own = plan?.loss === null ? compile(graph, { mode: 'eval', expand }) : trained;
  settle(own.diagnostics, diagnostics);
  return own.plan as Plan;
}

/** For checking texts where nothing runs. */
const noHost: ConditionHost = { iteration: () => 0, epoch: () => 0, before: () => new Float32Array() };

interface ReadWatch {
  readonly id: string;
  readonly path: string;
  readonly condition: Condition;
  readonly needs: readonly string[];
}

function readWatch(
  { id, expression, path }: WatchSetting,
  dry: { readonly bound: BoundPlan; readonly host: ConditionHost },
): ReadWatch | { readonly fault: BreakpointFault & { readonly id: string } } {
  const parsed = parseCondition(expression);
  if (!parsed.ok) return { fault: { id, field: 'condition', ...parsed.fault } };
  const result = compileCondition(parsed.condition, { ...dry, node: path });
  if (!result.ok) return { fault: { id, field: 'condition', ...result.fault } };
  return { id, path, condition: parsed.condition, needs: result.compiled.needs };
}

function bindWatch({ id, path, condition }: ReadWatch, bound: BoundPlan, host: ConditionHost) {
  const bind = (part: Condition) => {
    const result = compileCondition(part, { bound, host, node: path });
    assert(result.ok, 'a condition that one plan understands, another of the same graph does, too');
    return { text: printCondition(part), evaluate: result.compiled.evaluate };
  };
  return { id, path, ...bind(condition), parts: comparedIn(condition).map(bind) };
}
