// Ways to a place in the history. What takes long is replayed beside the debugger, on plans in a memory of their own, and others are
// heard meanwhile: it can be called off, and what is asked later overtakes it. What is told of the place is history-api.ts's.
import type { Branch } from '../../debugger/timeline/forks.ts';
import type { Machine } from '../../debugger/timeline/machine.ts';
import { patienceMs } from '../../debugger/timeline/walk.ts';
import type { Stepper } from '../../runtime/stepper.ts';
import type { Debug } from '../project.ts';
import type { Position } from '../protocol/timeline.ts';
import type { History } from './history.ts';
import type { HistorySearches } from './history-search.ts';

export type Walked<T> = { readonly done: T } | 'called off' | 'overtaken';

export interface JourneyHost {
  readonly history: History;
  readonly debug: () => Debug | null;
  readonly isTraining: () => boolean;
  /** A project of a branch's graph beside the open one, for searching. */
  elsewhere(branch: Branch): Debug | null;
}

export interface Journeys {
  /**
   * Brings a place of this branch, or of another of the same graph, within reach. True: it is, and to go there takes no time;
   * `stands`: it stands there already. False: called off.
   */
  approach(branch: Branch, position: Position): Promise<boolean | 'stands'>;
  /**
   * What a branch of another graph was left with, before anything is left for it: replayed on plans of that graph beside the open one,
   * where it takes long. False: called off.
   */
  fetchElsewhere(at: Debug, branch: Branch): Promise<boolean>;
  /** What is asked of the past may need the state that the present branch began with. */
  keepPresent(): void;
  /**
   * Drives what moves the debugger's stepper and yields between steps. What takes long lets others in between, with progress: called
   * off it stands where it came to, overtaken where something else has moved it. What takes no time is done at once.
   */
  walk<T>(way: Generator<void, T>): Walked<T> | Promise<Walked<T>>;
  /** Whatever is on its way is not to go on. */
  overtake(): void;
}

/** The number of what moves the run, among those of searches. */
export const movement = 0;

/** A replay that takes no longer is done at once. */
export const patientMs = 100;

/** To a step of this iteration, in either direction. */
export function* stepsTo(stepper: Stepper, step: number): Generator<void, void> {
  while (stepper.cursor < step && stepper.step()) yield;
  stepper.runTo(step);
}

/** Over what `host` has open; replays run as `searches` of the number `movement`. */
export function createJourneys(host: JourneyHost, searches: HistorySearches): Journeys {
  const { history, debug } = host;
  const forks = () => history.timeline.forks;
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
    approach,
    fetchElsewhere,
    keepPresent() {
      const at = debug();
      if (at && !host.isTraining()) history.timeline.leave(at.stepper);
    },
    walk: walkOn,
    overtake() {
      latest++;
    },
  };
}
