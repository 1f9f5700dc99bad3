// The part of the worker contract that is about history, over what the engine has open.

import type { Breakpoint } from '../../debugger/halts/halt.ts';
import type { Branch } from '../../debugger/timeline/forks.ts';
import type { Machine } from '../../debugger/timeline/machine.ts';
import { patienceMs } from '../../debugger/timeline/walk.ts';
import type { Stepper } from '../../runtime/stepper.ts';
import type { History } from './history.ts';
import { createHistorySearches } from './history-search.ts';
import type { Debug } from '../project.ts';
import type { LossCurve, Position, TimelineApi } from '../protocol/timeline.ts';
import type { ControlCommand, EngineEvent, SessionState } from '../protocol.ts';

/** `edited`: the run is another from there on; `taken back`: it is the one again that it was before an edit. */
export type Movement = 'gone' | 'edited' | 'taken back';

export type Walked<T> = { readonly done: T } | 'called off' | 'overtaken';

export interface HistoryHost {
  readonly history: History;
  readonly debug: () => Debug | null;
  readonly revision: () => number;
  readonly isTraining: () => boolean;
  /** Training stands still, and the debugger where it stands. */
  pause(): void;
  /** What the session looks like once the debugger stands elsewhere in the history. */
  moved(how?: Movement): SessionState;
  state(): SessionState;
  /** A project of a branch's graph beside the open one, for searching. */
  elsewhere(branch: Branch): Debug | null;
  emit(event: EngineEvent): void;
}

export interface HistoryApi {
  readonly api: TimelineApi;
  /**
   * Before a command that goes to another iteration of the branch: what takes long is replayed beside the debugger, with progress.
   * False: it was called off, or the debugger has moved meanwhile; nothing was touched. `stands`: it has entered that iteration.
   */
  enter(command: ControlCommand): boolean | Promise<boolean | 'stands'>;
  /**
   * Drives what moves the debugger's stepper and yields between steps. What takes long lets others in between, with progress: called
   * off it stands where it came to, overtaken where something else has moved it. What takes no time is done at once.
   */
  walk<T>(way: Generator<void, T>): Walked<T> | Promise<Walked<T>>;
  /** Whatever is on its way is not to go on. */
  overtake(): void;
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

/** To a step of this iteration, in either direction. */
export function* stepsTo(stepper: Stepper, step: number): Generator<void, void> {
  while (stepper.cursor < step && stepper.step()) yield;
  stepper.runTo(step);
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

  /**
   * What a branch of another graph was left with, before anything is left for it: replayed on plans of that graph beside the open one,
   * where it takes long. False: called off.
   */
  async function fetchElsewhere(at: Debug, branch: Branch): Promise<boolean> {
    const { timeline } = history;
    const { iteration } = branch.left;
    latest++;
    const own = latest;
    if (timeline.replayMs(branch, iteration) <= patientMs) return true;
    const stands = () => own === latest && debug() === at && history.timeline === timeline && !host.isTraining();
    await before;
    if (!stands()) return false;
    const machine = machineElsewhere(branch);
    // It will be replayed where it is opened, and nobody is heard meanwhile.
    if (!machine) return true;
    const replay = searches.replay(movement, { machine, branch, iteration }, null, stands);
    before = replay.catch(() => undefined);
    const arrival = await replay;
    if (arrival === 'called off' || !stands()) return false;
    if (arrival === 'there') timeline.bring(branch, iteration, machine.workspace.persistent);
    return true;
  }

  function machineElsewhere(branch: Branch): Machine | null {
    try {
      return host.elsewhere(branch)?.machine ?? null;
    } catch (fault) {
      if (!(fault instanceof RangeError)) throw fault;
      return null;
    }
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
      if (target.iteration !== at.stepper.iteration) {
        if (!(await approach(current, target))) return host.state();
        at.stepper.seek(target.iteration, target.step);
        return host.moved();
      }
      // Within the iteration nothing is replayed; what is on its way elsewhere is called off all the same.
      const { cursor } = at.stepper;
      const walk = walkOn(stepsTo(at.stepper, target.step));
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
      keepPresent();
      if (branch.world !== forks().current.world) {
        const ready = await fetchElsewhere(at, branch);
        return { state: host.state(), graph: ready ? history.graphOf(branch) : null };
      }
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
      latest++;
      host.pause();
      const at = debug();
      if (!at || !(rate >= 0) || rate === Number.POSITIVE_INFINITY) return host.state();
      history.edits.edit(at.stepper, { kind: 'rate', rate });
      return host.moved('edited');
    },

    async takeBack(count) {
      latest++;
      host.pause();
      const at = debug();
      const { current, branches } = forks();
      if (!at || !history.edits.takeBack(at.stepper, count)) return { state: host.state(), done: false };
      const isBack = forks().current !== current && branches.includes(forks().current);
      return { state: host.moved(isBack ? 'taken back' : 'edited'), done: true };
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
  function walkOn<T>(way: Generator<void, T>): Walked<T> | Promise<Walked<T>> {
    const at = debug();
    const { timeline } = history;
    latest++;
    const own = latest;
    const from = at && { iteration: at.stepper.iteration, step: at.stepper.cursor };
    let spentMs = 0;
    /** Steps for a while; null: there is more. */
    const goOn = (): { readonly done: T } | null => {
      const begun = performance.now();
      let taken = way.next();
      while (!taken.done && performance.now() - begun < patienceMs) taken = way.next();
      spentMs += performance.now() - begun;
      return taken.done ? { done: taken.value } : null;
    };
    /** What an iteration takes is known from most of one. */
    const measure = (): void => {
      if (!at || !from || at.stepper.iteration !== from.iteration) return;
      const { length } = at.bound.plan.steps;
      const count = at.stepper.cursor - from.step;
      if (2 * count > length) timeline.measured('stepping', (spentMs / count) * length);
    };
    const done = goOn();
    if (done || !at) {
      measure();
      return done ?? 'overtaken';
    }
    return searches.paced(movement, async (tick): Promise<Walked<T>> => {
      for (;;) {
        const { iteration, cursor } = at.stepper;
        const goes = await tick(cursor / at.bound.plan.steps.length, iteration);
        const stands = debug() === at && at.stepper.iteration === iteration && at.stepper.cursor === cursor;
        if (!stands || host.isTraining()) return 'overtaken';
        if (!goes) return 'called off';
        if (own !== latest) return 'overtaken';
        const reached = goOn();
        if (!reached) continue;
        measure();
        return reached;
      }
    });
  }

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
        keepPresent();
        const farther = command.kind === 'step_back' && command.by === 'iteration';
        return approach(current, { iteration: iteration - 1, step: farther ? 0 : length });
      }
      // What was run before is not run on in one go.
      const begins = command.kind.startsWith('step') || command.kind === 'continue' || command.kind === 'run_to_node';
      const replays = begins && cursor === length && iteration < current.length;
      if (!replays || history.timeline.slowestMs <= patientMs) return true;
      keepPresent();
      const next = { iteration: iteration + 1, step: 0 };
      return approach(current, next).then((there) =>
        there === true && at.stepper.seek(next.iteration, 0) ? 'stands' : there,
      );
    },
    walk: walkOn,
    overtake() {
      latest++;
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
