// Checks bound to a plan that runs, asked at their places: counts hits, writes lines of log points, says what stops. Asking
// allocates nothing as long as nothing is hit.
import type { Condition } from '../../language/condition.ts';
import { isDue } from '../../language/hit-count.ts';
import { printCondition } from '../../language/print-condition.ts';
import type { Plan } from '../../program/plan.ts';
import type { Workspace } from '../../runtime/workspace.ts';
import { assert } from '../../tensor/assert.ts';
import { type ConditionScope, compileCondition, holds } from '../conditions/conditions.ts';
import type { Check } from './breakpoints.ts';
import type { BreakpointHit, LogEntry } from './halt.ts';
import type { HitMemory } from './hit-memory.ts';

/** An iteration that checks are asked in, whichever plan runs it. */
export interface CheckedRun {
  readonly workspace: Workspace;
  readonly checks: readonly Check[];
  readonly memory: HitMemory;
  readonly iteration: () => number;
  readonly epoch: () => number;
  readonly log: (entry: LogEntry) => void;
  /** Whether hits at one place stop the iteration. */
  readonly stops: (hits: readonly BreakpointHit[]) => boolean;
}

export interface MonitorOptions extends Omit<ConditionScope, 'node'> {
  /** The debugger's: cursors and nodes of hits are its. */
  readonly stepping: Plan;
  readonly memory: HitMemory;
  readonly log: (entry: LogEntry) => void;
}

export interface Monitor {
  /** Cursors at which something is asked, ascending. */
  readonly cursors: readonly number[];
  /** What stops here, each of it; the values must be there. */
  ask(cursor: number): readonly BreakpointHit[];
}

const nothing: readonly BreakpointHit[] = [];

/** Where in the run something is, as one number: for the hit memory. Iterations stay where they are whatever a plan has opened. */
export function placeInRun({ steps }: Plan, iteration: number, cursor: number): number {
  return iteration + cursor / (steps.length + 1);
}

interface BoundCheck {
  readonly check: Check;
  /** Always there for a check without a condition. */
  readonly evaluate: (() => number) | null;
  readonly expression: string | null;
  readonly parts: readonly Part[];
  readonly line: readonly (string | Part)[];
}

interface Part {
  readonly text: string;
  readonly evaluate: () => number;
}

/** Compiles the conditions against the plan in `options` once; each is then asked at its cursor of the debugger's plan. */
export function createMonitor(checks: readonly Check[], options: MonitorOptions): Monitor {
  const { stepping, host, memory, log } = options;
  const places = new Map<number, BoundCheck[]>();
  for (const check of checks) {
    const at = places.get(check.cursor) ?? [];
    places.set(check.cursor, at);
    at.push(bindCheck(check, options));
  }

  function hit(bound: BoundCheck): BreakpointHit | null {
    const { check } = bound;
    const iteration = host.iteration();
    const { count, fresh } = memory.note(check.id, placeInRun(stepping, iteration, check.cursor));
    if (check.due && !isDue(check.due, count)) return null;
    const after = check.condition !== null || check.needs.length > 0;
    const step = stepping.steps[Math.max(0, check.cursor - (after ? 1 : 0))];
    const found: BreakpointHit = {
      id: check.id,
      iteration,
      epoch: host.epoch(),
      cursor: check.cursor,
      node: step?.node ?? '',
      phase: step?.phase ?? 'forward',
      expression: bound.expression,
      values: Object.fromEntries(bound.parts.map((part) => [part.text, part.evaluate()])),
      count,
    };
    if (check.log === null) return found;
    if (fresh) log(entryOf(bound, found));
    return null;
  }

  return {
    cursors: [...places.keys()].sort((a, b) => a - b),
    ask(cursor) {
      const here = places.get(cursor);
      if (here === undefined) return nothing;
      let stops = nothing;
      for (let i = 0; i < here.length; i++) {
        const bound = here[i] as BoundCheck;
        if (bound.evaluate !== null && !holds(bound.evaluate())) continue;
        const found = hit(bound);
        if (found !== null) stops = [...stops, found];
      }
      return stops;
    },
  };
}

function bindCheck(check: Check, { bound, host, kernels }: MonitorOptions): BoundCheck {
  const part = (condition: Condition): Part => {
    const result = compileCondition(condition, { bound, host, node: check.node, ...(kernels ? { kernels } : {}) });
    assert(result.ok, 'a condition that one plan understands, another of the same graph does, too');
    return { text: printCondition(condition), evaluate: result.compiled.evaluate };
  };
  const whole = check.condition === null ? null : part(check.condition);
  return {
    check,
    evaluate: whole?.evaluate ?? null,
    expression: whole?.text ?? null,
    parts: check.condition === null ? [] : comparedIn(check.condition).map(part),
    line: (check.log ?? []).map((each) =>
      each.kind === 'text' ? each.text : { ...part(each.condition), text: each.source },
    ),
  };
}

/** The numbers that a condition is about: the sides of its comparisons, where these are no plain numbers. */
export function comparedIn(condition: Condition): readonly Condition[] {
  if (condition.kind === 'number') return [];
  if (condition.kind === 'not') return comparedIn(condition.operand);
  if (condition.kind !== 'binary' || '+-*/%^'.includes(condition.sign)) return [condition];
  return [...comparedIn(condition.left), ...comparedIn(condition.right)];
}

function entryOf({ line }: BoundCheck, found: BreakpointHit): LogEntry {
  const series: { expression: string; value: number }[] = [];
  const texts = line.map((part) => {
    if (typeof part === 'string') return part;
    const value = part.evaluate();
    series.push({ expression: part.text, value });
    return shortNumber(value);
  });
  return { ...found, line: texts.join(''), series };
}

/** Six digits; whole numbers in full, as far as they are exact. */
function shortNumber(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
