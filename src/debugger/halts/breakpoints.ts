// Breakpoints against the debugger's plan: which steps they speak of, at which cursor each is asked, what is wrong with them. The
// same checks are then bound to whatever plan runs (monitor.ts): the debugger's own, or training's.
import { type Condition, parseCondition, type TextFault } from '../../language/condition.ts';
import { type HitCount, parseHitCount } from '../../language/hit-count.ts';
import { type LogPart, parseLogMessage } from '../../language/log-message.ts';
import { meant } from '../../language/nearest.ts';
import type { Plan } from '../../program/plan.ts';
import { type CompiledCondition, type ConditionScope, compileCondition, shutIn } from '../conditions/conditions.ts';
import type { Breakpoint, BreakpointFault } from './halt.ts';

/** One question at one cursor: a breakpoint on a node of a recurrence has one a time step. */
export interface Check {
  readonly id: string;
  /** Instance path that bare names belong to. */
  readonly node: string;
  /** Steps executed when it is asked. */
  readonly cursor: number;
  readonly condition: Condition | null;
  readonly due: HitCount | null;
  readonly log: readonly LogPart[] | null;
  /** Names of values that must be readable then. */
  readonly needs: readonly string[];
}

export interface ResolvedBreakpoint {
  readonly id: string;
  readonly faults: readonly BreakpointFault[];
  readonly checks: readonly Check[];
}

/** As it is named, or else by its place: `path.phase`. */
export function breakpointId({ id, path, phase }: Breakpoint): string {
  return id ?? `${path}.${phase}`;
}

/** Never throws; what cannot be understood has faults and no checks. Those that are not enabled have no checks either. */
export function resolveBreakpoint(breakpoint: Breakpoint, scope: Omit<ConditionScope, 'node'>): ResolvedBreakpoint {
  const id = breakpointId(breakpoint);
  const read = readTexts(breakpoint);
  const { plan } = scope.bound;
  const faults = [...read.faults];
  const instances = breakpoint.path === '' ? [''] : instancesOf(plan, breakpoint.path);
  if (instances.length === 0) faults.push(pathFault(breakpoint, noSuchNode(plan, breakpoint.path)));
  const bare = read.condition === null && !read.log?.some((part) => part.kind === 'value');
  if (breakpoint.path === '' && bare) faults.push(pathFault(breakpoint, 'without a node it needs a condition'));
  const checks: Check[] = [];
  const found: BreakpointFault[] = [];
  for (const node of faults.length > 0 ? [] : instances) {
    const common = { id, node, condition: read.condition, due: read.due, log: read.log };
    if (bare) {
      for (const cursor of beginnings(plan, node, breakpoint.phase)) checks.push({ ...common, cursor, needs: [] });
      continue;
    }
    const asked = expressionsOf(read.condition, read.log, { ...scope, node });
    if ('faults' in asked) found.push(...asked.faults);
    else checks.push({ ...common, ...placed(plan, node, breakpoint.phase, asked.compiled) });
  }
  // A name may be a port of one time step and not of another: what can be asked is asked.
  if (checks.length === 0) faults.push(...found.slice(0, 1));
  return { id, faults, checks: breakpoint.enabled ? checks : [] };
}

interface Texts {
  readonly condition: Condition | null;
  readonly due: HitCount | null;
  readonly log: readonly LogPart[] | null;
  readonly faults: readonly BreakpointFault[];
}

function readTexts({ condition = '', hits = '', log = '' }: Breakpoint): Texts {
  const faults: BreakpointFault[] = [];
  const parsed = condition.trim() === '' ? null : parseCondition(condition);
  if (parsed?.ok === false) faults.push({ field: 'condition', ...parsed.fault });
  const due = hits.trim() === '' ? null : parseHitCount(hits);
  if (due === undefined)
    faults.push({
      field: 'hits',
      span: { from: 0, to: hits.length },
      message: 'a hit count is a number, or one behind >=, >, ==, <, <= or %: `>= 10`, `% 5`',
    });
  const message = log.trim() === '' ? null : parseLogMessage(log);
  if (message?.ok === false) faults.push({ field: 'log', ...message.fault });
  return {
    condition: parsed?.ok ? parsed.condition : null,
    due: due ?? null,
    log: message?.ok ? message.parts : null,
    faults,
  };
}

function noSuchNode(plan: Plan, path: string): string {
  const nodes = new Set(plan.steps.flatMap(({ node }) => [node, node.replace(/\[\d+\]/g, '')]));
  return `there is no such node in the plan${shutIn(plan, path) || meant(path, [...nodes])}`;
}

function pathFault({ path }: Breakpoint, message: string): BreakpointFault {
  return { field: 'path', span: { from: 0, to: path.length }, message };
}

/** All expressions of a breakpoint, compiled, or what is wrong with them. */
function expressionsOf(
  condition: Condition | null,
  log: readonly LogPart[] | null,
  scope: ConditionScope,
): { readonly compiled: readonly CompiledCondition[] } | { readonly faults: readonly BreakpointFault[] } {
  const compiled: CompiledCondition[] = [];
  const faults: BreakpointFault[] = [];
  const add = (field: 'condition' | 'log', expression: Condition, shift: number) => {
    const result = compileCondition(expression, scope);
    if (result.ok) compiled.push(result.compiled);
    else faults.push({ field, ...shifted(result.fault, shift) });
  };
  if (condition) add('condition', condition, 0);
  for (const part of log ?? []) if (part.kind === 'value') add('log', part.condition, part.from);
  return faults.length > 0 ? { faults } : { compiled };
}

function shifted({ span, message }: TextFault, shift: number): TextFault {
  return { span: { from: span.from + shift, to: span.to + shift }, message };
}

/** After the node's last step of the phase, and after what is read is there; of the whole graph when all of it is settled. */
function placed(
  { steps }: Plan,
  node: string,
  phase: Breakpoint['phase'],
  compiled: readonly CompiledCondition[],
): { readonly cursor: number; readonly needs: readonly string[] } {
  const needs = [...new Set(compiled.flatMap((each) => each.needs))];
  if (node === '') return { cursor: Math.max(0, ...compiled.map((each) => each.settled)), needs };
  const values = Math.max(0, ...compiled.map((each) => each.cursor));
  const own = steps.findLastIndex((step) => step.phase === phase && isInside(step.node, node)) + 1;
  if (own > 0) return { cursor: Math.max(own, values), needs };
  // A node without steps of that phase (an input, a frozen layer): where the phase ends, or begins for the forward phase.
  const end = phase === 'forward' ? 0 : steps.findLastIndex((step) => step.phase === phase) + 1;
  return { cursor: Math.max(end, values), needs };
}

/** Cursors before the first step of a node in a phase: where gradients are summed first, before that. */
function beginnings({ steps }: Plan, node: string, phase: Breakpoint['phase']): readonly number[] {
  const fits = (at: number) => steps[at]?.phase === phase && isInside(steps[at]?.node ?? '', node);
  return steps.flatMap((_, at) => (fits(at) && !fits(at - 1) ? [at] : []));
}

/** The instances that a path names: itself, or one a time step where it has no times. */
function instancesOf({ steps, names }: Plan, path: string): readonly string[] {
  const length = path.split('/').length;
  const found = new Set<string>();
  for (const { node } of steps) {
    if (isInside(node, path)) found.add(path);
    else if (isInside(node.replace(/\[\d+\]/g, ''), path)) found.add(node.split('/').slice(0, length).join('/'));
  }
  if (found.size === 0 && Object.keys(names).some((name) => name.startsWith(`${path}.`))) found.add(path);
  return [...found];
}

/** Whether a node is the one at an instance path, or stands inside it, at whatever time step. */
export function isInside(node: string, path: string): boolean {
  return node === path || node.startsWith(`${path}/`) || node.startsWith(`${path}[`);
}
