// The part of the worker contract that is about history, over what the engine has open.
import type { Branch } from '../debugger/forks.ts';
import type { Breakpoint } from '../debugger/halt.ts';
import type { Machine } from '../debugger/timeline-machine.ts';
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
   * Before the debugger goes to another iteration of its branch: what takes long is replayed beside it, with progress. False: it was
   * called off, or the debugger has moved meanwhile; nothing was touched.
   */
  approach(iteration: number): Promise<boolean>;
  /**
   * Goes to the last place in the iterations before this one where one of these stops. Called off, it goes back to `from`. Where the
   * session has moved meanwhile it is left there.
   */
  lastStop(breakpoints: readonly Breakpoint[], from: Position): Promise<'stopped' | 'nowhere' | 'called off'>;
}

/** The number of what moves the run, among those of searches. */
const movement = 0;

/** A replay that takes no longer is done at once. */
const patientMs = 100;

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
  let latest = 0;
  let before: Promise<unknown> = Promise.resolve();
  /** Plans in a memory of their own take a while to stand: they serve again for as long as nobody needs their memory. */
  const twins = new WeakMap<Debug, WeakRef<Machine>>();

  function twinOf(at: Debug): Machine | null {
    const known = twins.get(at)?.deref();
    if (known) return known;
    try {
      const machine = at.twin();
      twins.set(at, new WeakRef(machine));
      return machine;
    } catch (fault) {
      if (!(fault instanceof RangeError)) throw fault;
      return null;
    }
  }

  /**
   * Brings a place of this branch, or of another of the same graph, within reach. True: it is, and to go there takes no time;
   * `stands`: it stands there already. False: called off.
   */
  async function approach(branch: Branch, { iteration, step }: Position): Promise<boolean | 'stands'> {
    latest++;
    const own = latest;
    const at = debug();
    const { timeline } = history;
    const slow = step > 0 && timeline.slowestMs > patientMs;
    if (!at || (!slow && timeline.replayMs(branch, iteration) <= patientMs)) {
      // What was asked for at the same time as this counts, being later.
      await null;
      return own === latest;
    }
    const [current, begun, cursor] = [forks().current, at.stepper.iteration, at.stepper.cursor];
    const stands = () => {
      const same = debug() === at && history.timeline === timeline && forks().current === current;
      return (
        own === latest && same && !host.isTraining() && at.stepper.iteration === begun && at.stepper.cursor === cursor
      );
    };
    await before;
    if (!stands()) return false;
    const machine = twinOf(at);
    // Where there is no room for a second memory it is replayed in the first, and nobody is heard meanwhile.
    if (!machine) return true;
    const steps = slow ? { stepper: timeline.stepperOn(machine, branch), cursor: step } : null;
    const replay = searches.replay(movement, { machine, branch, iteration }, steps, stands);
    before = replay.catch(() => undefined);
    const arrival = await replay;
    if (arrival === 'called off' || !stands()) return false;
    if (arrival === 'nowhere') return true;
    if (steps) timeline.arrive(at.stepper, branch, machine, steps.stepper.standing);
    else timeline.bring(branch, iteration, machine.workspace.persistent);
    return steps ? 'stands' : true;
  }

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
      // Within the iteration nothing is replayed; what is on its way elsewhere is called off all the same.
      if (target.iteration === at.stepper.iteration) latest++;
      else if (!(await approach(current, target))) return host.state();
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
      const there = await approach(branch, branch.left);
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
      host.pause();
      const at = debug();
      if (!at || !(rate >= 0) || rate === Number.POSITIVE_INFINITY) return host.state();
      history.edits.edit(at.stepper, { kind: 'rate', rate });
      return host.moved(true);
    },

    async takeBack(count) {
      host.pause();
      const at = debug();
      if (!at || history.edits.count < count) return host.state();
      history.edits.takeBack(at.stepper);
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
      if (id === movement) latest++;
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
    async approach(iteration) {
      keepPresent();
      return (await approach(forks().current, { iteration, step: 0 })) !== false;
    },
    async lastStop(breakpoints, from) {
      const at = debug();
      const branch = forks().current;
      if (!at || breakpoints.every(({ enabled }) => !enabled)) return 'nowhere';
      const { iteration, cursor } = at.stepper;
      if (iteration === 0) return 'nowhere';
      keepPresent();
      const to = { iteration: iteration - 1, step: at.bound.plan.steps.length };
      const place = await searches.lastStop(movement, breakpoints, branch, to);
      const stands = () =>
        debug() === at &&
        forks().current === branch &&
        !host.isTraining() &&
        at.stepper.iteration === iteration &&
        at.stepper.cursor === cursor;
      if (place === null || !stands()) return 'nowhere';
      if (place !== 'called off' && (await approach(branch, place))) {
        at.stepper.seek(place.iteration, place.step);
        return 'stopped';
      }
      if (stands()) at.stepper.seek(from.iteration, from.step);
      return 'called off';
    },
  };
}
