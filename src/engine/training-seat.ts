// The trainer of the graph that is open: made when training is first asked for, gone with the graph. It trains through the
// history, which records every iteration; breakpoints stop it. Where the debugger stands afterwards is the engine's.
import { applyEdits, playRecorded } from '../debugger/timeline/machine.ts';
import { error } from '../tensor/diagnostic.ts';
import type { TrainingRun } from '../training/training-run.ts';
import type { Halts } from './halts.ts';
import type { History } from './history/history.ts';
import type { Debug, Project } from './project.ts';
import type { EngineEvent, SessionState, TrainCommand, TrainState } from './protocol.ts';
import { createTrainer, type Trainer } from './trainer.ts';

export interface TrainingSeatOptions {
  readonly history: History;
  readonly halts: Halts;
  readonly project: () => Project | null;
  readonly revision: () => number;
  /** Nodes that the debugger's plan has opened. */
  readonly expanded: () => readonly string[];
  /** The debugger stands where training is. */
  readonly show: (debug: Debug, run: TrainingRun) => void;
  /** It stands where a breakpoint stopped training. */
  readonly showHit: (debug: Debug, run: TrainingRun, cursor: number) => void;
  /** Training has come to a halt there. */
  readonly ended: (iteration: number) => void;
  readonly state: () => SessionState;
  readonly emit: (event: EngineEvent) => void;
}

export interface TrainingSeat {
  readonly taken: boolean;
  readonly running: boolean;
  readonly iteration: number | undefined;
  readonly state: TrainState | null;
  pause(): void;
  /** Ends training; the next begins with a plan of its own. */
  clear(): void;
  command(command: TrainCommand): TrainState;
}

const idle: Omit<TrainState, 'revision' | 'order'> = {
  status: 'idle',
  epoch: 0,
  epochs: 0,
  iteration: 0,
  iterationsPerEpoch: 0,
  loss: null,
  metrics: {},
  examplesPerSecond: 0,
  diagnostics: [],
};

/** Vacant; the plans of training are compiled with the first command that needs them. */
export function createTrainingSeat(options: TrainingSeatOptions): TrainingSeat {
  const { history, halts, emit } = options;
  let trainer: Trainer | null = null;
  /** How many states of training there have been, whoever trained. */
  let order = 0;

  const isRunning = () => trainer?.state.status === 'running';
  const told = () => emit({ kind: 'session', state: options.state() });

  function make(): Trainer | Pick<TrainState, 'diagnostics'> {
    if (trainer) return trainer;
    const own = options.project();
    if (!own) return { diagnostics: [error('E_NO_GRAPH', 'no graph is open')] };
    const ready = own.training(own.debug ? halts.needs(own.debug, options.expanded()) : undefined);
    if ('diagnostics' in ready) return ready;
    const { run } = ready;
    const isOpen = () => options.project() === own;
    const again = (from: number, to: number): void => {
      const branch = history.timeline.forks.current;
      const machine = own.debug?.machine;
      if (!machine?.train) return;
      for (let at = from; at < to; at++) playRecorded(machine, branch, at);
      run.seek(to, branch.measured);
      applyEdits(machine, machine.train, branch, to, 0);
    };
    trainer = createTrainer(run, options.revision, {
      iterate: () => {
        const at = run.iteration;
        const { timeline } = history;
        const trained = timeline.train(at, own.debug ? halts.execute(own.debug, run, again) : undefined);
        if (trained !== 'stopped') run.seek(at + 1, timeline.forks.current.measured);
        return trained;
      },
      begin: () => {
        const at = own.debug;
        if (at && at.stepper.cursor > 0) at.stepper.suspend();
      },
      refresh: () => {
        if (!own.debug) return;
        options.show(own.debug, run);
        told();
        own.debug.stepper.suspend();
      },
      order: () => ++order,
      report: (state, points) => {
        if (isOpen()) emit({ kind: 'training', state, points });
        halts.flush(options.revision());
      },
      end: () => {
        options.ended(run.iteration);
        if (!own.debug || !isOpen()) return;
        const [hit] = halts.hits;
        if (hit) options.showHit(own.debug, run, hit.cursor);
        else options.show(own.debug, run);
        told();
      },
    });
    return trainer;
  }

  /** From where the debugger has stepped to: an iteration that is not finished is given up. */
  function catchUp(): void {
    const stepper = options.project()?.debug?.stepper;
    if (!stepper) return;
    if (stepper.settledIteration > stepper.iteration) stepper.nextIteration();
    else {
      stepper.suspend();
      stepper.reset(stepper.iteration);
    }
  }

  function pause(): void {
    if (isRunning()) trainer?.pause();
  }

  return {
    get taken() {
      return trainer !== null;
    },
    get running() {
      return isRunning();
    },
    get iteration() {
      return trainer?.state.iteration;
    },
    get state() {
      return trainer?.state ?? null;
    },
    pause,
    clear() {
      pause();
      trainer = null;
    },
    command(command) {
      const revision = options.revision();
      if (command === 'pause' || command === 'stop') {
        if (command === 'pause') trainer?.pause();
        else trainer?.stop();
        return trainer?.state ?? { ...idle, revision, order: ++order };
      }
      const made = make();
      if ('diagnostics' in made)
        return { ...idle, revision, order: ++order, status: 'failed', diagnostics: made.diagnostics };
      if (made.state.status !== 'running') {
        catchUp();
        halts.begin();
        halts.forgetHits();
      }
      if (command === 'iterate') made.iterate();
      else made.start();
      return made.state;
    },
  };
}
