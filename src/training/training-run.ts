// A training run over bound plans: iterations and evaluations, counted and seeded, nothing else. Who calls when (a worker's
// time slices, a command line, a debugger) is not its business.
import type { GraphFile } from '../graph/schema.ts';
import type { BoundPlan } from '../runtime/workspace.ts';
import { assert } from '../tensor/assert.ts';
import { type BatchReader, createBatches } from './batches.ts';
import type { Dataset, SplitName } from './datasets/dataset.ts';
import { createFeeder } from './feed-batches.ts';
import { createSchedule } from './schedule.ts';

export interface TrainingPlans {
  readonly train: BoundPlan;
  /** Eval mode, same batch. */
  readonly evaluation: BoundPlan;
  /** Eval mode, for the remainder of a split, by its size. */
  readonly remainders: ReadonlyMap<number, BoundPlan>;
}

export interface Measured {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface TrainingRun {
  /** Iterations done. */
  readonly iteration: number;
  readonly iterationsPerEpoch: number;
  readonly epochs: number;
  readonly batch: number;
  /** Whole epochs done. */
  readonly epoch: number;
  readonly finished: boolean;
  /** Sets `iteration`, `lr` and the feeds of the next iteration in a bound plan; any train-mode plan of the graph will do. */
  prepare(bound: BoundPlan): void;
  /** One iteration of training. */
  iterate(): void;
  /** The same, executed by somebody else; where it answers false the iteration is not done and nothing is counted. */
  iterateBy(execute: (bound: BoundPlan) => boolean): boolean;
  /** Loss and metrics of the last iteration, as numbers in the arena. */
  readonly loss: number;
  metric(index: number): number;
  readonly metricNames: readonly string[];
  /**
   * Mean over a split, remainder included; parameters are not touched. At most `limit` examples, unless the schedule follows what is
   * measured. Between two epochs it hears of it.
   */
  evaluate(split: SplitName, limit?: number): Measured | null;
  /** Evaluation in slices: `next` evaluates one batch and says whether there are more. */
  evaluation(split: SplitName, limit?: number): { next(): boolean; result(): Measured | null };
  /**
   * Continues from a given iteration. `measured`: the validation loss of each epoch as a record of this run has it; what is
   * measured from now on is added to it.
   */
  seek(iteration: number, measured?: (number | undefined)[]): void;
}

/** `defaultLr` stands where the set-up names no rate. */
export function createTrainingRun(
  graph: GraphFile,
  dataset: Dataset,
  plans: TrainingPlans,
  defaultLr: number,
): TrainingRun {
  const { training } = graph;
  const data = training.data;
  assert(data, 'training needs data');
  const { plan } = plans.train;
  const options = { batch: training.batch, seed: graph.seed };
  const reader = createBatches(dataset.splits.train, { ...options, shuffle: data.shuffle, remainder: 'drop' });
  const feeders = new Map<BoundPlan, ReturnType<typeof createFeeder>>();
  const feederOf = (bound: BoundPlan) => {
    const feeder = feeders.get(bound) ?? createFeeder(bound, reader, data.bind);
    feeders.set(bound, feeder);
    return feeder;
  };
  const perEpoch = Math.max(1, reader.batchCount);
  const lr = training.optimizer.lr ?? defaultLr;
  const lossView = plan.loss === null ? null : plans.train.read(plan.loss);
  const metricViews = plan.metrics.map((metric) => plans.train.read(metric.name));
  const schedule = createSchedule(training.schedule, lr, { epochs: training.epochs, iterationsPerEpoch: perEpoch });
  /** Validation loss at the end of each epoch, for schedules that follow it. */
  let measured: (number | undefined)[] = [];
  let iteration = 0;

  function prepare(bound: BoundPlan): void {
    const epoch = Math.floor(iteration / perEpoch);
    if (schedule.followsValidation && iteration % perEpoch === 0 && epoch > 0 && measured[epoch - 1] === undefined)
      evaluate('validation');
    const counter = bound.find('iteration');
    if (counter !== undefined) bound.view(counter)[0] = iteration;
    bound.read('lr')[0] = schedule.rateAt(iteration, measured);
    feederOf(bound).fill(epoch, iteration % perEpoch);
  }

  function evaluation(name: SplitName, most = Number.POSITIVE_INFINITY) {
    const split = dataset.splits[name];
    const begun = iteration;
    // What the schedule follows is the whole split, whoever measures it.
    const follows = schedule.followsValidation && name === 'validation';
    const limit = follows ? Number.POSITIVE_INFINITY : most;
    const limited = { ...split, count: Math.min(split.count, limit), fill: split.fill.bind(split) };
    const batches = createBatches(limited, { ...options, shuffle: false, remainder: 'keep' });
    const byPlan = new Map<BoundPlan, ReturnType<typeof createFeeder>>();
    let at = 0;
    let seen = 0;
    let loss = 0;
    const sums = plan.metrics.map(() => 0);
    return {
      next(): boolean {
        if (at >= batches.batchCount) return false;
        const size = batches.sizeOf(at);
        const bound = size === training.batch ? plans.evaluation : plans.remainders.get(size);
        if (!bound) return false; // a remainder without a plan of its own is left out
        const feeder = byPlan.get(bound) ?? createFeeder(bound, batches as BatchReader, data?.bind ?? {});
        byPlan.set(bound, feeder);
        feeder.fill(0, at);
        bound.run(0, bound.plan.instructions.length);
        seen += size;
        if (bound.plan.loss !== null) loss += (bound.read(bound.plan.loss)[0] as number) * size;
        bound.plan.metrics.forEach((metric, i) => {
          sums[i] = (sums[i] as number) + (bound.read(metric.name)[0] as number) * size;
        });
        at++;
        return at < batches.batchCount;
      },
      result(): Measured {
        const n = Math.max(1, seen);
        const epochs = iteration / perEpoch;
        if (follows && begun === iteration && at === batches.batchCount && epochs > 0 && Number.isInteger(epochs))
          measured[epochs - 1] ??= loss / n;
        return {
          loss: loss / n,
          metrics: Object.fromEntries(plan.metrics.map((metric, i) => [metric.kind, (sums[i] as number) / n])),
        };
      },
    };
  }

  function evaluate(split: SplitName, limit?: number): Measured | null {
    if (dataset.splits[split].count === 0) return null;
    const run = evaluation(split, limit);
    while (run.next());
    return run.result();
  }

  return {
    get iteration() {
      return iteration;
    },
    get epoch() {
      return Math.floor(iteration / perEpoch);
    },
    get finished() {
      return iteration >= perEpoch * training.epochs;
    },
    get loss() {
      return lossView ? (lossView[0] as number) : Number.NaN;
    },
    iterationsPerEpoch: perEpoch,
    epochs: training.epochs,
    batch: training.batch,
    metricNames: plan.metrics.map((metric) => metric.kind),
    metric: (index) => metricViews[index]?.[0] ?? Number.NaN,
    prepare,
    iterate() {
      prepare(plans.train);
      plans.train.run(0, plan.instructions.length);
      iteration++;
    },
    iterateBy(execute) {
      prepare(plans.train);
      const done = execute(plans.train);
      if (done) iteration++;
      return done;
    },
    evaluation,
    evaluate,
    seek(to, recorded) {
      iteration = to;
      if (recorded) {
        measured = recorded;
        return;
      }
      // What was measured there or later may have been with other weights.
      measured.length = Math.min(measured.length, Math.max(0, Math.ceil(to / perEpoch) - 1));
    },
  };
}
