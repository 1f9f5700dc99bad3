// Training in slices: iterations until a slice is full, then messages are let in. Owns pace and progress; what an iteration
// does is the training run's.

import type { Trained } from '../debugger/timeline/timeline.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import type { TrainingRun } from '../training/training-run.ts';
import type { CurvePoint, TrainState } from './protocol.ts';
import { turn } from './turn.ts';

export interface TrainerHooks {
  /** One iteration from where the run stands; what is recorded happens again instead. */
  iterate(): Trained;
  /** Before a slice: the memory is the run's. */
  begin(): void;
  /** At most `refreshesPerSecond`: views may be refreshed. */
  refresh(): void;
  /** New state and curve points. */
  report(state: TrainState, points: readonly CurvePoint[]): void;
  /** The place of a state among all that are told. */
  order(): number;
  /** The run stopped by itself or was paused or stopped. */
  end(): void;
}

const sliceMs = 24;
const reportMs = 120;
const refreshMs = 350;
/** Examples of the validation split looked at, so that an evaluation stays short. */
const validationLimit = 1000;

export interface Trainer {
  readonly state: TrainState;
  start(): void;
  pause(): void;
  stop(): void;
  /** One iteration, then paused. */
  iterate(): void;
}

/** `revision`: of the graph as drawn. */
export function createTrainer(run: TrainingRun, revision: () => number, hooks: TrainerHooks): Trainer {
  let status: TrainState['status'] = 'idle';
  let points: CurvePoint[] = [];
  let lossSum = 0;
  let diagnostics: readonly Diagnostic[] = [];
  /** An epoch has ended whose validation has not been measured yet. */
  let validationDue = false;
  const metricSums = run.metricNames.map(() => 0);
  let counted = 0;
  let lastLoss: number | null = null;
  let lastMetrics: Record<string, number> = {};
  let rate = 0;
  let lastReport = 0;
  let lastRefresh = 0;
  let rateIterations = 0;
  let rateSince = 0;
  /** Grows with every start: a loop of an earlier one ends. */
  let generation = 0;

  const now = () => performance.now();

  function state(): TrainState {
    return {
      revision: revision(),
      order: hooks.order(),
      status,
      epoch: run.epoch,
      epochs: run.epochs,
      iteration: run.iteration,
      iterationsPerEpoch: run.iterationsPerEpoch,
      loss: lastLoss,
      metrics: lastMetrics,
      examplesPerSecond: rate,
      diagnostics,
    };
  }

  /** False: a breakpoint stopped it, and training pauses. */
  function iterateOnce(): boolean {
    const { epoch } = run;
    const trained = hooks.iterate();
    if (trained === 'stopped') {
      status = 'paused';
      return false;
    }
    rateIterations++;
    // What is recorded has its points, and its validations, already.
    if (trained === 'replayed') return true;
    if (run.epoch !== epoch || run.finished) validationDue = true;
    // Losses and metrics stand in training's plan.
    if (trained !== 'training') return true;
    lossSum += run.loss;
    for (let i = 0; i < metricSums.length; i++) metricSums[i] = (metricSums[i] as number) + run.metric(i);
    counted++;
    return true;
  }

  function closePoint(): void {
    if (counted === 0) return;
    lastLoss = lossSum / counted;
    lastMetrics = Object.fromEntries(run.metricNames.map((name, i) => [name, (metricSums[i] as number) / counted]));
    points.push({ iteration: run.iteration, epoch: run.epoch, split: 'train', loss: lastLoss, metrics: lastMetrics });
    lossSum = 0;
    metricSums.fill(0);
    counted = 0;
  }

  function report(): void {
    closePoint();
    const at = now();
    if (at > rateSince && rateIterations > 0) rate = (rateIterations * run.batch * 1000) / (at - rateSince);
    rateIterations = 0;
    rateSince = at;
    lastReport = at;
    const batch = points;
    points = [];
    hooks.report(state(), batch);
  }

  async function loop(own: number): Promise<void> {
    rateSince = now();
    rateIterations = 0;
    try {
      while (status === 'running' && own === generation) {
        hooks.begin();
        const until = now() + sliceMs;
        let stopped = false;
        do {
          stopped = !run.finished && !iterateOnce();
          if (stopped) break;
          if (validationDue) await validate(own);
        } while (now() < until && !run.finished && own === generation);
        if (own !== generation || stopped) break;
        if (run.finished) {
          status = 'finished';
          break;
        }
        const at = now();
        if (at - lastReport > reportMs) report();
        if (at - lastRefresh > refreshMs) {
          lastRefresh = at;
          hooks.refresh();
        }
        await turn();
      }
    } catch (fault) {
      if (own !== generation) return;
      status = 'failed';
      diagnostics = [error('E_TRAINING', fault instanceof Error ? fault.message : String(fault))];
    }
    if (own !== generation) return;
    hooks.end();
    report();
  }

  /** Over the validation split, letting messages in between batches. */
  async function validate(own: number): Promise<void> {
    const evaluation = run.evaluation('validation', validationLimit);
    let until = now() + sliceMs;
    while (evaluation.next()) {
      if (now() > until) {
        await turn();
        if (own !== generation) return;
        hooks.begin();
        until = now() + sliceMs;
      }
    }
    validationDue = false;
    const measured = evaluation.result();
    if (measured) points.push({ iteration: run.iteration, epoch: run.epoch, split: 'validation', ...measured });
  }

  /** At once: between two turns of the loop the run stands between two iterations. */
  function halt(as: 'paused' | 'idle'): void {
    status = as;
    generation++;
    hooks.end();
    report();
  }

  return {
    get state() {
      return state();
    },
    start() {
      if (status === 'running') return;
      if (run.finished && !validationDue) {
        status = 'finished';
        return;
      }
      status = 'running';
      generation++;
      void loop(generation);
    },
    pause() {
      if (status === 'running') halt('paused');
    },
    stop() {
      if (status === 'running') halt('idle');
      status = 'idle';
    },
    iterate() {
      generation++;
      status = 'paused';
      hooks.begin();
      iterateOnce();
      hooks.end();
      report();
    },
  };
}
