// The first time that something held: the recorded history walked forwards from its oldest place, asked at every step that is
// concerned; or the last time before a place. What is told of the place is finding.ts's.
import type { View } from '../../runtime/workspace.ts';
import { viewsIn } from '../halts/edited-run.ts';
import { describeFinding, type Finding } from './finding.ts';
import type { Branch, Moment } from './forks.ts';
import type { Machine } from './machine.ts';
import type { Recording } from './recording.ts';
import { firstOf, patienceMs, type Tick, type Walk, walkFrom } from './walk.ts';

/** What is looked for, bound to one machine. */
export interface Probe {
  /** Numbers of executed steps at which it is asked, ascending. */
  readonly cursors: readonly number[];
  /** Whether it holds there; the values of `cursor` executed steps stand. */
  holds(cursor: number): boolean;
  /** Whether a value (index) that the step wrote is part of the answer. */
  concerns(index: number): boolean;
}

/** `iteration` and persistent values at its start, for what a condition asks beside the plan. */
export interface ProbeHost {
  readonly iteration: () => number;
  readonly epoch: () => number;
  readonly before: (index: number) => View;
}

export interface Search {
  readonly machine: Machine;
  readonly recording: Recording;
  readonly branch: Branch;
  readonly probe: (host: ProbeHost) => Probe;
  readonly from: Moment | null;
  readonly to: Moment | null;
  readonly tick: Tick;
}

export interface SearchResult {
  readonly found: Finding | null;
  readonly searched: { readonly from: Moment; readonly to: Moment };
  readonly cancelled: boolean;
}

/** The first place from `from` to `to` where the probe holds. Called off by `tick`, it says how far it came. */
export async function searchFirst(search: Search): Promise<SearchResult> {
  const { machine, recording, branch, tick } = search;
  const stepCount = machine.debug.plan.steps.length;
  const oldest = firstOf(branch);
  const from = search.from && search.from.iteration >= oldest ? search.from : { iteration: oldest, step: 0 };
  const to = search.to ?? { iteration: branch.length, step: stepCount };
  const nothing = { found: null, searched: { from, to: from }, cancelled: false };
  const walk = await walkFrom({ machine, recording, branch, iteration: from.iteration }, tick);
  if (typeof walk === 'string') return { ...nothing, cancelled: walk === 'called off' };
  const probe = search.probe(hostOf(walk));
  let looked = performance.now();
  const total = Math.max(1, to.iteration - from.iteration + 1);
  for (;;) {
    const at = walk.iteration;
    const first = at === from.iteration ? from.step : 0;
    const last = at === to.iteration ? to.step : stepCount;
    const cursor = askIteration(walk, probe, first, last);
    if (cursor !== null) {
      const found = describeFinding(walk, cursor, probe.concerns);
      return { found, searched: { from, to: found.position }, cancelled: false };
    }
    if (at >= to.iteration || at >= branch.length)
      return { ...nothing, searched: { from, to: { iteration: at, step: last } } };
    if (performance.now() - looked > patienceMs) {
      if (!(await tick((at - from.iteration) / total, at)))
        return { found: null, searched: { from, to: { iteration: at, step: last } }, cancelled: true };
      looked = performance.now();
    }
    walk.next();
  }
}

/** The last time before a place, for running back to a breakpoint. */
export async function searchLast(search: Search): Promise<SearchResult> {
  const { machine, recording, branch, tick } = search;
  const stepCount = machine.debug.plan.steps.length;
  const oldest = firstOf(branch);
  const from = search.from && search.from.iteration >= oldest ? search.from : { iteration: oldest, step: 0 };
  const to = search.to ?? { iteration: branch.length, step: stepCount };
  let looked = performance.now();
  // Windows from snapshot to snapshot, newest first: the last hit is mostly near.
  let end = to.iteration;
  while (end >= from.iteration) {
    const begin = Math.max(from.iteration, Math.min(end, startOfWindow(recording, branch, end)));
    const walk = await walkFrom({ machine, recording, branch, iteration: begin }, tick);
    if (walk === 'nowhere') break;
    if (walk === 'called off') return { found: null, searched: { from: to, to }, cancelled: true };
    const probe = search.probe(hostOf(walk));
    let hit: Moment | null = null;
    for (;;) {
      const at = walk.iteration;
      const first = at === from.iteration ? from.step : 0;
      const last = at === to.iteration ? to.step : stepCount;
      for (let cursor = askIteration(walk, probe, first, last); cursor !== null; ) {
        hit = { iteration: at, step: cursor };
        cursor = askIteration(walk, probe, cursor + 1, last);
      }
      if (performance.now() - looked > patienceMs) {
        if (!(await tick((to.iteration - at) / Math.max(1, to.iteration - from.iteration), at)))
          return { found: null, searched: { from: { iteration: at, step: 0 }, to }, cancelled: true };
        looked = performance.now();
      }
      if (at >= end) break;
      walk.next();
    }
    if (hit) return { found: bare(machine, hit), searched: { from: hit, to }, cancelled: false };
    end = begin - 1;
  }
  return { found: null, searched: { from, to }, cancelled: false };
}

function bare(machine: Machine, position: Moment): Finding {
  const step = machine.debug.plan.steps[position.step - 1];
  return {
    position,
    node: step?.node ?? '',
    phase: step?.phase ?? null,
    outputs: [],
    inputs: [],
    slice: [],
    source: null,
  };
}

function startOfWindow(recording: Recording, branch: Branch, end: number): number {
  let start = firstOf(branch);
  for (const { branch: id, iteration } of recording.snapshots)
    if (id === branch.id && iteration <= end) start = Math.max(start, iteration);
  return start;
}

/** The first cursor in [first, last] where the probe holds, with the steps up to it executed; null: nowhere. */
function askIteration(walk: Walk, probe: Probe, first: number, last: number): number | null {
  walk.begin();
  let done = 0;
  for (const cursor of probe.cursors) {
    if (cursor > last) break;
    if (cursor < first) continue;
    walk.steps(done, cursor);
    done = cursor;
    if (probe.holds(cursor)) return cursor;
  }
  return null;
}

function hostOf(walk: Walk): ProbeHost {
  const { machine, start } = walk;
  return {
    iteration: () => walk.iteration,
    epoch: () => Math.floor(walk.iteration / machine.iterationsPerEpoch),
    before: viewsIn(machine.debug, start),
  };
}

/** NaN or ±∞ in anything that a step writes, or that an iteration begins with. */
export function nonFiniteProbe({ debug }: Machine): Probe {
  const { plan } = debug;
  const floats = (indices: Iterable<number>) =>
    [...new Set(indices)].filter((index) => plan.values[index]?.dtype === 'float32');
  const begin = floats(
    plan.values.flatMap(({ kind }, index) => (kind === 'computed' || kind === 'constant' ? [] : [index])),
  );
  const written = plan.steps.map(({ from, to }) =>
    floats(plan.instructions.slice(from, to).flatMap(({ outputs }) => outputs)),
  );
  const isBad = (index: number) => !isFiniteAll(debug.view(index));
  return {
    cursors: Array.from({ length: plan.steps.length + 1 }, (_, cursor) => cursor),
    holds: (cursor) => (cursor === 0 ? begin : (written[cursor - 1] as number[])).some(isBad),
    concerns: isBad,
  };
}

/** 0·x is NaN for what is not finite, and a sum keeps it. */
function isFiniteAll(view: View): boolean {
  let sum = 0;
  for (let i = 0; i < view.length; i++) sum += 0 * (view[i] as number);
  return sum === 0;
}
