// Plans of one graph made to stand in a memory of their own, fed as the graph and its data say: what the debugger steps and
// training runs, and, as a twin beside it, what searches the past without disturbing what is on screen.
import type { Machine } from '../../debugger/timeline/machine.ts';
import type { GraphFile } from '../../graph/schema.ts';
import type { KernelLibrary } from '../../kernels/library.ts';
import type { Plan } from '../../program/plan.ts';
import type { Threads } from '../../runtime/threads.ts';
import { type BoundPlan, createWorkspace, type View } from '../../runtime/workspace.ts';
import { createBatches } from '../../training/batches.ts';
import type { TrainingCompilation } from '../../training/compile-training.ts';
import type { Dataset } from '../../training/datasets/dataset.ts';
import { createFeeder, feedName } from '../../training/feed-batches.ts';
import { createSchedule } from '../../training/schedule.ts';
import { createTrainingRun, type TrainingRun } from '../../training/training-run.ts';
import { feedSamples, fixedFeeds } from '../feed-samples.ts';

export interface MachinePlans {
  /** Keeps every value. */
  readonly debug: Plan;
  readonly training: TrainingCompilation['plans'];
  readonly variants: Machine['variants'];
}

export interface MachineOptions {
  readonly graph: GraphFile;
  readonly dataset: Dataset | null;
  readonly library: KernelLibrary;
  readonly shared: boolean;
  readonly threads?: Threads | null;
  /** Where the set-up names no rate. */
  readonly defaultLr: number;
  /** Plans of other variants; null where they cannot be had. */
  other(by: keyof Machine['variants'], variant: string): Machine | null;
}

export interface StandingMachine extends Machine {
  readonly run: TrainingRun | null;
  /** Feeds that hold samples because nothing was given. */
  readonly sampled: readonly string[];
}

/** Parameters at their start. Throws RangeError where the memory cannot be had. */
export function standMachine({ debug, training, variants }: MachinePlans, options: MachineOptions): StandingMachine {
  const { graph, dataset, library, shared, threads = null, defaultLr } = options;
  const plans = training ? [debug, training.train, training.evaluation, ...training.remainders.values()] : [debug];
  const workspace = createWorkspace(plans, { library, shared, threads });
  workspace.initialize(graph.seed);
  const [bound, train, evaluation, ...rest] = workspace.plans as readonly [BoundPlan, ...BoundPlan[]];
  const { data, batch, epochs } = graph.training;
  const iterationsPerEpoch = Math.max(1, Math.floor((dataset?.splits.train.count ?? 0) / batch));
  const run =
    training && dataset && train && evaluation
      ? createTrainingRun(
          graph,
          dataset,
          {
            train,
            evaluation,
            remainders: new Map([...training.remainders.keys()].map((size, i) => [size, rest[i] as BoundPlan])),
          },
          defaultLr,
        )
      : null;
  const enough = data && dataset && dataset.splits.train.count >= batch;
  const fed = new Set(enough ? Object.keys(data.bind).map(feedName) : []);
  const fixed = fixedFeeds(debug);
  const sampled = debug.feeds.filter((name) => !fed.has(name) && !fixed.has(name));
  feedSamples(bound, sampled);
  const held = new Map<string, View>();
  for (const name of [...fixed, ...sampled]) if (!fed.has(name)) held.set(name, bound.read(name).slice());

  const counter = bound.find('iteration');
  const schedule = createSchedule(graph.training.schedule, graph.training.optimizer.lr ?? defaultLr, {
    epochs,
    iterationsPerEpoch,
  });
  const feeder =
    enough && !run
      ? createFeeder(
          bound,
          createBatches(dataset.splits.train, { batch, seed: graph.seed, shuffle: data.shuffle, remainder: 'drop' }),
          data.bind,
        )
      : null;
  return {
    workspace,
    debug: bound,
    train: run ? (train ?? null) : null,
    run,
    variants,
    iterationsPerEpoch,
    held,
    heldWritten: false,
    sampled,
    other: options.other,
    prepare(iteration, to, measured) {
      if (run) {
        run.seek(iteration, measured);
        run.prepare(to);
        return;
      }
      if (counter !== undefined) to.view(counter)[0] = iteration;
      to.read('lr')[0] = schedule.rateAt(iteration, measured);
      feeder?.fill(Math.floor(iteration / iterationsPerEpoch), iteration % iterationsPerEpoch);
    },
  };
}
