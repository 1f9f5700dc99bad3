// The training set-up of a graph, ready to run: data opened, plans compiled, parameters at their start.

import { createDataShelf, type DataShelf } from '../engine/data-shelf.ts';
import { fixedFeeds } from '../engine/feed-samples.ts';
import { assignWeights } from '../engine/numbers/assign-weights.ts';
import type { GraphFile } from '../graph/schema.ts';
import { createKernelLibrary } from '../kernels/library.ts';
import { optimizers } from '../operators/optimizers/registry.generated.ts';
import { operators } from '../operators/registry.generated.ts';
import type { Threads } from '../runtime/threads.ts';
import type { BoundPlan, Workspace } from '../runtime/workspace.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { compileTraining } from '../training/compile-training.ts';
import { checkBinding } from '../training/datasets/bind-fields.ts';
import type { Dataset } from '../training/datasets/dataset.ts';
import { feedName } from '../training/feed-batches.ts';
import { needsFullBatch, withSteadyBatch } from '../training/full-batch.ts';
import { createTrainingRun, type TrainingRun } from '../training/training-run.ts';
import { type CompileOptions, learningRateOf } from './compile.ts';
import { refuse, settle, unlessRefused } from './refused.ts';
import { standOnThreads } from './stand-on-threads.ts';
import { weightsOf } from './value-lookup.ts';

export interface Training {
  /** Iterations and evaluations: `iterate()`, `finished`, `loss`, `evaluate('test')`. */
  readonly run: TrainingRun;
  /** Starts from these; what does not fit is named. */
  loadWeights(tensors: ReadonlyMap<string, Tensor>): readonly Diagnostic[];
  /** Copies of all parameters and state. */
  weights(): ReadonlyMap<string, Tensor>;
  /** That run it: as many as asked for, or 1 where there are no others, or nothing for them to do. */
  readonly threads: number;
  /** Ends the other threads; the run goes on with one. */
  dispose(): void;
}

export interface TrainingOpening {
  /** null after an error. */
  readonly training: Training | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface TrainingOptions {
  /** Where data sets of files stand (`createDataShelf`); built-in ones need none. */
  readonly shelf?: DataShelf;
  /** Default: the graph's, or all examples for an optimiser that needs them (L-BFGS). */
  readonly batch?: number;
  /**
   * Threads that may share the work, default 1: the same bits, sooner where they win, which is found out by trying. A program ends
   * without waiting for them.
   */
  readonly threads?: number;
}

/** The graph's own training, its parameters at their start. What keeps it from running is diagnosed; nothing throws. */
export function createTraining(graph: GraphFile, options: TrainingOptions = {}): TrainingOpening {
  const diagnostics: Diagnostic[] = [];
  return unlessRefused(
    (): TrainingOpening => ({
      training: standTraining(prepareTraining(graph, options, diagnostics), diagnostics),
      diagnostics,
    }),
    (found): TrainingOpening => ({ training: null, diagnostics: found }),
  );
}

const registry = { operators, optimizers };

/** A graph with its data, as it will be compiled. */
export interface PreparedTraining {
  readonly graph: GraphFile;
  readonly dataset: Dataset;
  readonly threads: number;
}

/** Throws `Refused`. */
export function prepareTraining(
  source: GraphFile,
  options: TrainingOptions,
  diagnostics: Diagnostic[],
): PreparedTraining {
  const { shelf = createDataShelf() } = options;
  const { data } = source.training;
  if (!data) refuse('E_NO_DATA', 'the graph names no data to train on');
  const opened = shelf.open(data, source.seed);
  settle(opened.diagnostics, diagnostics);
  const { dataset } = opened;
  if (!dataset) refuse('E_NO_DATA', `the data set \`${data.source}\` is not at hand`);
  const bound = Object.keys(data.bind).map((name) => ({ name }));
  settle(checkBinding(dataset.fields, bound, data.bind), diagnostics);

  const whole = needsFullBatch(source, registry) ? dataset.splits.train.count : source.training.batch;
  const training = { ...source.training, batch: options.batch ?? whole };
  return { graph: withSteadyBatch({ ...source, training }, registry), dataset, threads: options.threads ?? 1 };
}

export interface StandingTraining extends Training {
  /** The plan of training, in its memory. */
  readonly bound: BoundPlan;
  readonly workspace: Workspace;
  /** Beside the caller's; null: none. */
  readonly others: Threads | null;
}

/** Throws `Refused`. `retain`: values that stay readable in the plan of training; `expand`: nodes that are opened in it. */
export function standTraining(
  { graph, dataset, threads }: PreparedTraining,
  diagnostics: Diagnostic[],
  needs: Pick<CompileOptions, 'expand'> & { readonly retain?: readonly string[] } = {},
): StandingTraining {
  const { workspaceBytes } = createKernelLibrary();
  const compiled = compileTraining(graph, registry, dataset, { workspaceBytes, ...needs });
  settle(compiled.diagnostics, diagnostics);
  if (!compiled.plans) refuse('E_EMPTY', 'there is nothing to train');
  const { train, evaluation, remainders } = compiled.plans;
  const given = fixedFeeds(train);
  const { data } = graph.training;
  for (const target of Object.keys(data?.bind ?? {})) given.add(target).add(feedName(target));
  const unfed = train.feeds.filter((name) => !given.has(name)).map((name) => `\`${name}\``);
  if (unfed.length > 0)
    refuse('E_UNBOUND', `nothing feeds ${unfed.join(', ')}`, `Bind every input to a field of \`${data?.source}\`.`);
  const { workspace, others, dispose } = standOnThreads([train, evaluation, ...remainders.values()], threads);
  workspace.initialize(graph.seed);
  const [boundTrain, boundEvaluation, ...rest] = workspace.plans as [BoundPlan, BoundPlan, ...BoundPlan[]];
  const plans = {
    train: boundTrain,
    evaluation: boundEvaluation,
    remainders: new Map([...remainders.keys()].map((size, i) => [size, rest[i] as BoundPlan])),
  };
  return {
    bound: boundTrain,
    workspace,
    others,
    threads: others?.count ?? 1,
    dispose,
    run: createTrainingRun(graph, dataset, plans, learningRateOf(graph)),
    loadWeights: (tensors) => assignWeights(boundTrain, tensors),
    weights: () => weightsOf(boundTrain),
  };
}
