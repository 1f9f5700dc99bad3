// Breakpoints, log points and watches of the graph that is open: resolved against the debugger's plan, asked while stepping and
// while training, counted, told to the page. Which way the run moves is control.ts's and the trainer's.

import type { ConditionHost } from '../debugger/conditions/conditions.ts';
import { type ArmedRun, createArmedRun } from '../debugger/halts/armed-run.ts';
import { breakpointId, type ResolvedBreakpoint, resolveBreakpoint } from '../debugger/halts/breakpoints.ts';
import { createEditedRun, type EditedRun } from '../debugger/halts/edited-run.ts';
import type { Breakpoint, BreakpointFacts, BreakpointHit, LogEntry, WatchSetting } from '../debugger/halts/halt.ts';
import { createBranchHits } from '../debugger/halts/hit-memory.ts';
import { createMonitor, type Monitor, placeInRun } from '../debugger/halts/monitor.ts';
import { createWatchList } from '../debugger/halts/watches.ts';
import { nodeOf } from '../debugger/timeline/finding.ts';
import { type Branch, type Forks, forkOf } from '../debugger/timeline/forks.ts';
import type { Execute } from '../debugger/timeline/machine.ts';
import type { TrainingRun } from '../training/training-run.ts';
import type { Debug, TrainingNeeds } from './project.ts';
import type { LogLine, WatchAnswers } from './protocol/halts.ts';
import type { EngineEvent } from './protocol.ts';

export interface Halts {
  setBreakpoints(list: readonly Breakpoint[]): void;
  facts(debug: Debug | null): readonly BreakpointFacts[];
  /** As they were set. */
  readonly settings: { readonly breakpoints: readonly Breakpoint[]; readonly watches: readonly WatchSetting[] };
  /** What stopped last, as long as the session stands there. */
  readonly hits: readonly BreakpointHit[];
  /** Whether it was training that they stopped. */
  readonly stoppedTraining: boolean;
  /** The session, or training, moves on. */
  forgetHits(): void;
  /** Whether a breakpoint is at this cursor of the debugger's plan, whose values are there. */
  stopsAt(debug: Debug, cursor: number): boolean;
  /** What training's plan must have to be asked. `expanded`: nodes that the debugger's plan has opened. */
  needs(debug: Debug, expanded: readonly string[]): TrainingNeeds;
  /** Runs iterations of training's plan with the checks in them; undefined where nothing is to be asked. */
  execute(debug: Debug, run: TrainingRun, replay: Replay): Execute | undefined;
  /** Training begins, or goes on: what it finds may be another than it left. */
  begin(): void;
  /** The user has seen the session's place: training that goes on from there does not stop at or before it again. */
  passed(debug: Debug): void;
  /** The session shows where training is: nothing of it has been seen yet. */
  unseen(): void;
  /** From this place on the run is another. */
  rewind(debug: Debug): void;
  setWatches(list: readonly WatchSetting[]): void;
  /** Looks at all watches where the session stands. */
  look(debug: Debug | null): void;
  /** The same, running to the end of the iteration and back for those that read updates. */
  lookAhead(debug: Debug): void;
  watches(debug: Debug | null, revision: number): WatchAnswers;
  /** Sends the lines of log points. */
  flush(revision: number): void;
}

/** Of iterations of training as they are, and of one that was edited in its middle. */
interface ArmedRuns {
  readonly whole: ArmedRun;
  readonly edited: EditedRun;
}

/** Plays iterations [from, to) of the open branch again and leaves the run at `to`. */
type Replay = (from: number, to: number) => void;

const nowhere = { iteration: -1, cursor: -1 };

/** Lines sent at once; what is more is only counted. */
const mostLines = 1000;

/** @param forks of the history that is stood in */
export function createHalts(emit: (event: EngineEvent) => void, forks: () => Forks): Halts {
  const memory = createBranchHits(forks);
  const watchList = createWatchList();
  let list: readonly Breakpoint[] = [];
  let watches: readonly WatchSetting[] = [];
  /** Grows with every change of the list. */
  let edition = 0;
  let hits: readonly BreakpointHit[] = [];
  let stoppedTraining = false;
  let lines: LogLine[] = [];
  let dropped = 0;
  let stepping: { debug: Debug; edition: number; resolved: readonly ResolvedBreakpoint[]; monitor: Monitor } | null =
    null;
  let training: { debug: Debug; edition: number; armed: ArmedRuns | null } | null = null;
  /** Whose numbers the watches remember. */
  let watched: Branch | null = null;
  let passedPlace: { readonly iteration: number; readonly cursor: number } | null = null;

  function log(entry: LogEntry): void {
    if (lines.length < mostLines) lines.push({ ...entry, branch: forks().current.id });
    else dropped++;
  }

  function hostOf({ stepper, machine }: Debug): ConditionHost {
    return {
      iteration: () => stepper.iteration,
      epoch: () => Math.floor(stepper.iteration / machine.iterationsPerEpoch),
      before: stepper.begun,
    };
  }

  function resolved(debug: Debug) {
    if (stepping?.debug === debug && stepping.edition === edition) return stepping;
    const { bound } = debug;
    const host = hostOf(debug);
    const all = list.map((breakpoint) => resolveBreakpoint(breakpoint, { bound, host }));
    const checks = all.flatMap((each) => each.checks);
    const monitor = createMonitor(checks, { bound, host, stepping: bound.plan, memory, log });
    stepping = { debug, edition, resolved: all, monitor };
    return stepping;
  }

  /** Before a look: what another branch ran behind the fork is not this one's. */
  function turnWatches(): void {
    const { current } = forks();
    if (watched && watched !== current) watchList.rewind(forkOf(watched, current)?.iteration ?? 0);
    watched = current;
  }

  const checksOf = (debug: Debug) => resolved(debug).resolved.flatMap(({ checks }) => checks);

  function armedFor(debug: Debug, run: TrainingRun, replay: Replay) {
    if (training?.debug === debug && training.edition === edition) return training.armed;
    const checks = checksOf(debug);
    const { train, workspace } = debug.machine;
    const options = {
      workspace,
      checks,
      memory,
      iteration: () => run.iteration,
      epoch: () => run.epoch,
      log,
      stops(found: readonly BreakpointHit[]) {
        hits = found;
        stoppedTraining = true;
        return true;
      },
    };
    const armed =
      checks.length === 0 || !train
        ? null
        : {
            whole: createArmedRun({ ...options, stepping: debug.bound.plan, bound: train, replay }),
            edited: createEditedRun({ ...options, bound: debug.bound }),
          };
    training = { debug, edition, armed };
    return armed;
  }

  return {
    setBreakpoints(next) {
      const same = new Set(list.map(keyOf));
      memory.keep(new Set(next.filter((each) => same.has(keyOf(each))).map(breakpointId)));
      list = next;
      edition++;
    },
    facts(debug) {
      if (!debug) return list.map((each) => ({ id: breakpointId(each), faults: [], cursors: [], count: 0 }));
      return resolved(debug).resolved.map(({ id, faults, checks }) => ({
        id,
        faults,
        cursors: [...new Set(checks.map(({ cursor }) => cursor))].sort((a, b) => a - b),
        count: memory.count(id),
      }));
    },
    get hits() {
      return hits;
    },
    get stoppedTraining() {
      return stoppedTraining;
    },
    forgetHits() {
      hits = [];
      stoppedTraining = false;
    },
    stopsAt(debug, cursor) {
      if (list.length === 0) return false;
      hits = resolved(debug).monitor.ask(cursor);
      stoppedTraining = false;
      return hits.length > 0;
    },
    needs(debug, expanded) {
      const retain = list.length === 0 ? [] : [...new Set(checksOf(debug).flatMap(({ needs }) => needs))];
      const nodes = retain.map((name) => nodeOf(name).replace(/\[\d+\]/g, ''));
      return { retain, expand: expanded.filter((path) => nodes.some((node) => node.startsWith(`${path}/`))) };
    },
    begin() {
      training?.armed?.whole.begin();
    },
    execute(debug, run, replay) {
      if (list.length === 0) return undefined;
      const armed = armedFor(debug, run, replay);
      if (!armed) return undefined;
      const { whole, edited } = armed;
      // Also where nothing has been seen: what an earlier training went on from is no longer behind.
      const { iteration: seen, cursor } = passedPlace ?? nowhere;
      whole.resumeAfter(seen, cursor);
      edited.resumeAfter(seen, cursor);
      return (_, edit) => (edit ? edited.execute(edit) : whole.execute());
    },
    passed({ stepper }) {
      passedPlace = { iteration: stepper.iteration, cursor: stepper.cursor };
    },
    unseen() {
      passedPlace = null;
    },
    rewind({ stepper, bound }) {
      memory.rewind(placeInRun(bound.plan, stepper.iteration, stepper.cursor + 1));
      watchList.rewind(stepper.iteration);
    },
    get settings() {
      return { breakpoints: list, watches };
    },
    setWatches(next) {
      watches = next;
      watchList.set(next);
    },
    look(debug) {
      turnWatches();
      if (debug && !watchList.empty) watchList.look(debug.bound, hostOf(debug), debug.stepper.cursor);
    },
    lookAhead(debug) {
      turnWatches();
      if (watchList.empty) return;
      const { bound, stepper } = debug;
      const { cursor } = stepper;
      const host = hostOf(debug);
      if (watchList.look(bound, host, cursor) <= cursor) return;
      stepper.runTo(bound.plan.steps.length);
      watchList.look(bound, host, stepper.cursor, cursor);
      stepper.runTo(cursor);
    },
    watches(debug, revision) {
      const iteration = debug?.stepper.iteration ?? 0;
      const cursor = debug?.stepper.cursor ?? 0;
      return { revision, iteration, cursor, watches: watchList.answers() };
    },
    flush(revision) {
      if (lines.length === 0) return;
      emit({ kind: 'log', revision, entries: lines, dropped });
      lines = [];
      dropped = 0;
    },
  };
}

/** Hits of a breakpoint that asks the same are still its own. */
function keyOf(breakpoint: Breakpoint): string {
  const { path, phase, condition = '', hits = '' } = breakpoint;
  return JSON.stringify([breakpointId(breakpoint), path, phase, condition, hits]);
}
