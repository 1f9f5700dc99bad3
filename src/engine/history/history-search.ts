// Searches of the history on plans that stand beside what is on screen: nothing there moves, and what is asked meanwhile is
// answered. Each search has the page's number, tells how far it is, and can be called off.

import { compileCondition, holds } from '../../debugger/conditions/conditions.ts';
import { resolveBreakpoint } from '../../debugger/halts/breakpoints.ts';
import type { Breakpoint } from '../../debugger/halts/halt.ts';
import { compareBranches } from '../../debugger/timeline/compare.ts';
import type { Branch } from '../../debugger/timeline/forks.ts';
import type { Machine } from '../../debugger/timeline/machine.ts';
import { nonFiniteProbe, type Probe, type ProbeHost, searchFirst, searchLast } from '../../debugger/timeline/search.ts';
import type { Timeline } from '../../debugger/timeline/timeline.ts';
import { type Arrival, type Destination, goTo, patienceMs, stepTo, type Tick } from '../../debugger/timeline/walk.ts';
import { conditionError } from '../../language/condition.ts';
import type { Stepper } from '../../runtime/stepper.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { isPublicName } from '../answers/compile-report.ts';
import type {
  CompareAnswer,
  CompareRequest,
  FirstTimeAnswer,
  FirstTimeRequest,
  Position,
  Question,
} from '../protocol/timeline.ts';
import type { EngineEvent } from '../protocol.ts';
import { turn } from '../turn.ts';

export interface HistorySearches {
  firstTime(request: FirstTimeRequest, branch: Branch, revision: number): Promise<FirstTimeAnswer>;
  compare(request: CompareRequest, a: Branch, b: Branch): Promise<CompareAnswer>;
  /** The last place before `to` where one of these stops; null: nowhere. */
  lastStop(
    id: number,
    breakpoints: readonly Breakpoint[],
    branch: Branch,
    to: Position,
  ): Promise<Position | null | 'called off'>;
  /**
   * Replays to a place on a machine of one's own for as long as `stands` says so; with a stepper also so many steps into the iteration.
   */
  replay(
    id: number,
    to: Omit<Destination, 'recording'>,
    steps: { readonly stepper: Stepper; readonly cursor: number } | null,
    stands: () => boolean,
  ): Promise<Arrival>;
  /** Work that tells how far it is, once it has taken a while. */
  paced<T>(id: number, work: (tick: Tick) => Promise<T>): Promise<T>;
  cancel(id: number): void;
}

export interface SearchHost {
  readonly timeline: () => Timeline;
  /** Plans of a branch's graph in a memory of their own. Throws RangeError where it cannot be had. */
  machineOf(branch: Branch): Machine | null;
  emit(event: EngineEvent): void;
}

const reportMs = 50;
/** What takes no longer is not told of. */
const quietMs = 150;

/**
 * Progress goes out through `emit`; `machineOf` gives plans in a memory of their own, or null where a branch's graph cannot run.
 */
export function createHistorySearches({ timeline, machineOf, emit }: SearchHost): HistorySearches {
  const cancelled = new Set<number>();
  const running = new Map<number, number>();

  function tickOf(id: number, quietUntil = 0): Tick {
    let reported = quietUntil - reportMs;
    return async (share, iteration) => {
      if (performance.now() - reported > reportMs) {
        reported = performance.now();
        emit({ kind: 'search', id, share, iteration });
      }
      await turn();
      return !cancelled.has(id);
    };
  }

  /** With the number taken for as long as it runs. */
  async function under<T>(id: number, search: (tick: Tick) => Promise<T>, quietUntil?: number): Promise<T> {
    running.set(id, (running.get(id) ?? 0) + 1);
    try {
      return await search(tickOf(id, quietUntil));
    } finally {
      const left = (running.get(id) ?? 1) - 1;
      if (left > 0) running.set(id, left);
      else {
        running.delete(id);
        cancelled.delete(id);
      }
    }
  }

  /** A machine, or why there is none. */
  function machineFor(branch: Branch): Machine | readonly Diagnostic[] {
    try {
      return machineOf(branch) ?? [error('E_NO_GRAPH', 'the graph of this run cannot be run any more')];
    } catch (fault) {
      if (!(fault instanceof RangeError)) throw fault;
      const hint = { hint: 'Make the batch or the network smaller.' };
      return [error('E_MEMORY', `there is not enough memory to search the history: ${fault.message}`, {}, hint)];
    }
  }

  return {
    async firstTime({ id, question, from = null, to = null }, branch, revision) {
      const nowhere = { iteration: branch.from.iteration, step: 0 };
      const none = { finding: null, searched: { from: nowhere, to: nowhere }, cancelled: false };
      const machine = machineFor(branch);
      if (isFault(machine)) return { revision, branch: branch.id, ...none, diagnostics: machine };
      const faults = questionFaults(question, machine);
      if (faults.length > 0) return { revision, branch: branch.id, ...none, diagnostics: faults };
      const probe = (host: ProbeHost) =>
        question.kind === 'non_finite'
          ? nonFiniteProbe(machine)
          : breakpointProbe([breakpointOf(question)], machine, host);
      const { recording } = timeline();
      return under(id, async (tick) => {
        const { found, ...rest } = await searchFirst({ machine, recording, branch, probe, from, to, tick });
        return { revision, branch: branch.id, finding: found, ...rest, diagnostics: [] };
      });
    },

    async compare({ id }, a, b) {
      const names = { a: a.id, b: b.id };
      const none = { fork: null, difference: null, compared: { from: 0, to: 0 }, cancelled: false };
      const first = machineFor(a);
      if (isFault(first)) return { ...names, ...none, diagnostics: first };
      const second = machineFor(b);
      if (isFault(second)) return { ...names, ...none, diagnostics: second };
      const { recording } = timeline();
      return under(id, async (tick) => {
        const sides = { a: { machine: first, branch: a }, b: { machine: second, branch: b } };
        const result = await compareBranches({ ...sides, recording, isPublic: isPublicName, tick });
        return { ...names, ...result, diagnostics: [] };
      });
    },

    async lastStop(id, breakpoints, branch, to) {
      const machine = machineFor(branch);
      if (isFault(machine)) return null;
      const { recording } = timeline();
      const probe = (host: ProbeHost) => breakpointProbe(breakpoints, machine, host);
      return under(id, async (tick) => {
        const { found, cancelled } = await searchLast({ machine, recording, branch, probe, from: null, to, tick });
        return cancelled ? 'called off' : (found?.position ?? null);
      });
    },

    replay(id, to, steps, stands) {
      const { recording, slowestMs, replayMs } = timeline();
      // The steps of the last iteration are its share, too.
      const before = replayMs(to.branch, to.iteration) / Math.max(slowestMs, 1e-3);
      const last = steps ? 1 / (1 + Math.min(before, 1e6)) : 0;
      return under(id, async (tick) => {
        const heed: Tick = async (...at) => stands() && (await tick(...at)) && stands();
        const bySteps = slowestMs > patienceMs;
        const arrival = await goTo({ ...to, recording }, (share, at) => heed(share * (1 - last), at), bySteps);
        if (arrival !== 'there' || !steps) return arrival;
        steps.stepper.reset(to.iteration);
        const there = await stepTo(steps.stepper, steps.cursor, (share, at) => heed(1 - last + share * last, at));
        return there ? 'there' : 'called off';
      });
    },

    paced: (id, work) => under(id, work, performance.now() + quietMs),

    cancel(id) {
      if (running.has(id)) cancelled.add(id);
    },
  };
}

function isFault(machine: Machine | readonly Diagnostic[]): machine is readonly Diagnostic[] {
  return Array.isArray(machine);
}

type ConditionQuestion = Extract<Question, { readonly kind: 'condition' }>;

const breakpointOf = ({ path, phase, text }: ConditionQuestion): Breakpoint => ({
  path,
  phase,
  enabled: true,
  condition: text,
});

function questionFaults(question: Question, machine: Machine): readonly Diagnostic[] {
  if (question.kind === 'non_finite') return [];
  const host = { iteration: () => 0, epoch: () => 0, before: machine.debug.view };
  const { faults } = resolveBreakpoint(breakpointOf(question), { bound: machine.debug, host });
  return faults.map((fault) =>
    fault.field === 'condition'
      ? conditionError(question.text, fault)
      : error('E_CONDITION', fault.message, { path: question.path }),
  );
}

/** Where any of them would stop, whatever its hit count says; log points stop nothing. */
function breakpointProbe(breakpoints: readonly Breakpoint[], { debug }: Machine, host: ProbeHost): Probe {
  const asked = new Map<number, (() => boolean)[]>();
  const needed = new Set<string>();
  for (const breakpoint of breakpoints) {
    if (breakpoint.log !== undefined && breakpoint.log.trim() !== '') continue;
    for (const check of resolveBreakpoint(breakpoint, { bound: debug, host }).checks) {
      const compiled = check.condition && compileCondition(check.condition, { bound: debug, host, node: check.node });
      if (compiled && !compiled.ok) continue;
      for (const name of check.needs) needed.add(name);
      const list = asked.get(check.cursor) ?? [];
      list.push(compiled ? () => holds(compiled.compiled.evaluate()) : () => true);
      asked.set(check.cursor, list);
    }
  }
  return {
    cursors: [...asked.keys()].sort((a, b) => a - b),
    holds: (cursor) => asked.get(cursor)?.some((each) => each()) === true,
    concerns: (index) => needed.has(debug.plan.values[index]?.name ?? ''),
  };
}
