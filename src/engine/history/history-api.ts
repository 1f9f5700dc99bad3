// The part of the worker contract that is about history, over what the engine has open.
import type { Breakpoint } from '../../debugger/halts/halt.ts';
import type { LossCurve, Position, TimelineApi } from '../protocol/timeline.ts';
import type { ControlCommand, EngineEvent, SessionState } from '../protocol.ts';
import { createHistorySearches } from './history-search.ts';
import { createJourneys, type JourneyHost, type Journeys, movement, patientMs, stepsTo } from './journeys.ts';

/** `edited`: the run is another from there on; `taken back`: it is the one again that it was before an edit. */
export type Movement = 'gone' | 'edited' | 'taken back';

export interface HistoryHost extends JourneyHost {
  readonly revision: () => number;
  /** Training stands still, and the debugger where it stands. */
  pause(): void;
  /** What the session looks like once the debugger stands elsewhere in the history. */
  moved(how?: Movement): SessionState;
  state(): SessionState;
  emit(event: EngineEvent): void;
}

export interface HistoryApi extends Pick<Journeys, 'walk' | 'overtake'> {
  readonly api: TimelineApi;
  /**
   * Before a command that goes to another iteration of the branch: what takes long is replayed beside the debugger, with progress.
   * False: it was called off, or the debugger has moved meanwhile; nothing was touched. `stands`: it has entered that iteration.
   */
  enter(command: ControlCommand): boolean | Promise<boolean | 'stands'>;
  /**
   * Goes to the last place in the iterations before this one where one of these stops. Called off, it goes back to `from`. Where the
   * session has moved meanwhile it is left there.
   */
  lastStop(breakpoints: readonly Breakpoint[], from: Position): Promise<'stopped' | 'nowhere' | 'called off'>;
}

/** That part of the contract, and what commands need of the past, over what `host` has open. */
export function createHistoryApi(host: HistoryHost): HistoryApi {
  const { history, debug } = host;
  const forks = () => history.timeline.forks;
  const searches = createHistorySearches({
    timeline: () => history.timeline,
    machineOf: (branch) => {
      const at = debug();
      if (at && branch.world === forks().current.world) return at.twin();
      return host.elsewhere(branch)?.machine ?? null;
    },
    emit: host.emit,
  });
  const journeys = createJourneys(host, searches);
  const facts = () => history.facts(debug(), host.revision());

  const api: TimelineApi = {
    async timeline() {
      return facts();
    },

    async seek({ iteration, step }) {
      host.pause();
      const at = debug();
      if (!at) return host.state();
      const { current } = forks();
      const { length } = at.bound.plan.steps;
      const target: Position =
        iteration > current.length
          ? { iteration: current.length, step: length }
          : { iteration: Math.max(0, Math.floor(iteration)), step: Math.min(length, Math.max(0, Math.floor(step))) };
      journeys.keepPresent();
      if (target.iteration !== at.stepper.iteration) {
        if (!(await journeys.approach(current, target))) return host.state();
        at.stepper.seek(target.iteration, target.step);
        return host.moved();
      }
      // Within the iteration nothing is replayed; what is on its way elsewhere is called off all the same.
      const { cursor } = at.stepper;
      const walk = journeys.walk(stepsTo(at.stepper, target.step));
      const walked = walk instanceof Promise ? await walk : walk;
      if (walked === 'overtaken') return host.state();
      if (walked === 'called off') at.stepper.runTo(cursor);
      return host.moved();
    },

    async switchBranch(id) {
      const branch = forks().find(id);
      if (!branch || branch === forks().current) return { state: host.state(), graph: null };
      host.pause();
      const at = debug();
      if (!at) return { state: host.state(), graph: history.graphOf(branch) };
      journeys.keepPresent();
      if (branch.world !== forks().current.world) {
        const ready = await journeys.fetchElsewhere(at, branch);
        return { state: host.state(), graph: ready ? history.graphOf(branch) : null };
      }
      const there = await journeys.approach(branch, branch.left);
      if (!there) return { state: host.state(), graph: null };
      if (there !== 'stands') history.timeline.stand(at.stepper, branch, branch.left);
      return { state: host.moved(), graph: null };
    },

    async renameBranch(id, name) {
      const branch = forks().find(id);
      if (branch && name.trim() !== '') branch.name = name.trim().slice(0, 200);
      return facts();
    },

    async removeBranch(id) {
      const branch = forks().find(id);
      if (branch && branch !== forks().current && forks().isLeaf(branch)) history.remove(branch);
      return facts();
    },

    async setLearningRate(rate) {
      journeys.overtake();
      host.pause();
      const at = debug();
      if (!at || !(rate >= 0) || rate === Number.POSITIVE_INFINITY) return host.state();
      history.edits.edit(at.stepper, { kind: 'rate', rate });
      return host.moved('edited');
    },

    async takeBack(count) {
      journeys.overtake();
      host.pause();
      const at = debug();
      const { current, branches } = forks();
      const way = history.edits.wayBack(count);
      if (at && way && (way.branch !== current || way.at.iteration !== at.stepper.iteration)) {
        journeys.keepPresent();
        // Its step is gone to from the start of the iteration, which the edits of that decide.
        const there = await journeys.approach(way.branch, { iteration: way.at.iteration, step: 0 });
        if (!there) return { state: host.state(), done: 'called off' };
      }
      if (!at || !history.edits.takeBack(at.stepper, count)) return { state: host.state(), done: false };
      const isBack = forks().current !== current && branches.includes(forks().current);
      return { state: host.moved(isBack ? 'taken back' : 'edited'), done: true };
    },

    async firstTime(request) {
      journeys.keepPresent();
      return searches.firstTime(request, forks().current, host.revision());
    },

    async compareBranches(request) {
      const { a, b } = request;
      const [first, second] = [forks().find(a), forks().find(b)];
      if (!first || !second)
        return { a, b, fork: null, difference: null, compared: { from: 0, to: 0 }, cancelled: false, diagnostics: [] };
      journeys.keepPresent();
      return searches.compare(request, first, second);
    },

    async cancelSearch(id) {
      if (id === movement) journeys.overtake();
      searches.cancel(id);
    },

    async lossCurve(id, most): Promise<LossCurve> {
      const branch = forks().find(id);
      if (branch) return history.curve(branch, most);
      return { branch: id, iterations: new Float64Array(0), losses: new Float32Array(0), own: 0 };
    },

    async setRecording({ limitBytes, on }) {
      const { timeline } = history;
      if (limitBytes !== undefined && limitBytes >= 0) timeline.recording.limitBytes = limitBytes;
      if (on !== undefined) timeline.on = on;
      return facts();
    },
  };

  return {
    api,
    enter(command) {
      const at = debug();
      if (!at) return true;
      const { iteration, cursor } = at.stepper;
      const { length } = at.bound.plan.steps;
      const { current } = forks();
      if (command.kind === 'step_back' || command.kind === 'reverse_continue') {
        if (cursor > 0 || iteration === 0) return true;
        journeys.keepPresent();
        const farther = command.kind === 'step_back' && command.by === 'iteration';
        return journeys.approach(current, { iteration: iteration - 1, step: farther ? 0 : length });
      }
      // What was run before is not run on in one go.
      const begins = command.kind.startsWith('step') || command.kind === 'continue' || command.kind === 'run_to_node';
      const replays = begins && cursor === length && iteration < current.length;
      if (!replays || history.timeline.slowestMs <= patientMs) return true;
      journeys.keepPresent();
      const next = { iteration: iteration + 1, step: 0 };
      return journeys
        .approach(current, next)
        .then((there) => (there === true && at.stepper.seek(next.iteration, 0) ? 'stands' : there));
    },
    walk: journeys.walk,
    overtake: journeys.overtake,
    async lastStop(breakpoints, from) {
      const at = debug();
      const branch = forks().current;
      if (!at || breakpoints.every(({ enabled }) => !enabled)) return 'nowhere';
      const { iteration, cursor } = at.stepper;
      if (iteration === 0) return 'nowhere';
      journeys.keepPresent();
      const to = { iteration: iteration - 1, step: at.bound.plan.steps.length };
      const place = await searches.lastStop(movement, breakpoints, branch, to);
      const stands = () =>
        debug() === at &&
        forks().current === branch &&
        !host.isTraining() &&
        at.stepper.iteration === iteration &&
        at.stepper.cursor === cursor;
      if (place === null || !stands()) return 'nowhere';
      if (place !== 'called off' && (await journeys.approach(branch, place))) {
        at.stepper.seek(place.iteration, place.step);
        return 'stopped';
      }
      if (stands()) at.stepper.seek(from.iteration, from.step);
      return 'called off';
    },
  };
}
