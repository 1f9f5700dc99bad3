// The part of the worker contract that is about history, over what the engine has open.
import type { Branch } from '../debugger/forks.ts';
import type { Breakpoint } from '../debugger/halt.ts';
import type { History } from './history.ts';
import { createHistorySearches } from './history-search.ts';
import type { Debug } from './project.ts';
import type { LossCurve, Position, TimelineApi } from './protocol/timeline.ts';
import type { EngineEvent, SessionState } from './protocol.ts';

export interface HistoryHost {
  readonly history: History;
  readonly debug: () => Debug | null;
  readonly revision: () => number;
  readonly isTraining: () => boolean;
  /** Training stands still, and the debugger where it stands. */
  pause(): void;
  /** What the session looks like once the debugger stands elsewhere in the history; `edited`: the run is another from there on. */
  moved(edited?: boolean): SessionState;
  state(): SessionState;
  /** A project of a branch's graph beside the open one, for searching. */
  elsewhere(branch: Branch): Debug | null;
  emit(event: EngineEvent): void;
}

export interface HistoryApi {
  readonly api: TimelineApi;
  /**
   * Goes to the last place in the iterations before this one where one of these stops. False: there is none, or it was called off
   * (search 0), or the session has moved meanwhile.
   */
  lastStop(breakpoints: readonly Breakpoint[]): Promise<boolean>;
}

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
  const facts = () => history.facts(debug(), host.revision());

  /** What is asked of the past may need the state that the present branch began with. */
  function keepPresent(): void {
    const at = debug();
    if (at && !host.isTraining()) history.timeline.leave(at.stepper);
  }

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
      keepPresent();
      at.stepper.seek(target.iteration, target.step);
      return host.moved();
    },

    async switchBranch(id) {
      const branch = forks().find(id);
      if (!branch || branch === forks().current) return { state: host.state(), graph: null };
      host.pause();
      const at = debug();
      if (!at || branch.world !== forks().current.world) return { state: host.state(), graph: history.graphOf(branch) };
      keepPresent();
      history.timeline.stand(at.stepper, branch, branch.left);
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
      host.pause();
      const at = debug();
      if (!at || !(rate >= 0) || rate === Number.POSITIVE_INFINITY) return host.state();
      history.timeline.edit(at.stepper, { kind: 'rate', rate });
      return host.moved(true);
    },

    async firstTime(request) {
      keepPresent();
      return searches.firstTime(request, forks().current, host.revision());
    },

    async compareBranches(request) {
      const { a, b } = request;
      const [first, second] = [forks().find(a), forks().find(b)];
      if (!first || !second)
        return { a, b, fork: null, difference: null, compared: { from: 0, to: 0 }, cancelled: false, diagnostics: [] };
      keepPresent();
      return searches.compare(request, first, second);
    },

    async cancelSearch(id) {
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
    async lastStop(breakpoints) {
      const at = debug();
      const branch = forks().current;
      if (!at || breakpoints.every(({ enabled }) => !enabled)) return false;
      const { iteration, cursor } = at.stepper;
      if (iteration === 0) return false;
      keepPresent();
      const to = { iteration: iteration - 1, step: at.bound.plan.steps.length };
      const place = await searches.lastStop(0, breakpoints, branch, to);
      const stands = debug() === at && forks().current === branch && !host.isTraining();
      if (!place || !stands || at.stepper.iteration !== iteration || at.stepper.cursor !== cursor) return false;
      return at.stepper.seek(place.iteration, place.step);
    },
  };
}
