// Graphs that need no data: constants, parameters, inputs with a value. One iteration is one epoch; where there is nothing to
// train, an iteration only computes.
import { compile as compileWith } from '../compiler/compile.ts';
import { fixedFeeds } from '../engine/feed-samples.ts';
import { assignWeights } from '../engine/numbers/assign-weights.ts';
import type { GraphFile } from '../graph/schema.ts';
import { createKernelLibrary } from '../kernels/library.ts';
import { optimizers } from '../operators/optimizers/registry.generated.ts';
import { operators } from '../operators/registry.generated.ts';
import type { Plan } from '../program/plan.ts';
import { type BoundPlan, createWorkspace } from '../runtime/workspace.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import { emptySplit } from '../training/datasets/dataset.ts';
import { createTrainingRun } from '../training/training-run.ts';
import { learningRateOf } from './compile.ts';
import { refuse, settle } from './refused.ts';
import type { PreparedTraining, StandingTraining, TrainingOptions } from './training.ts';
import { weightsOf } from './value-lookup.ts';

/** As if it named a data set without fields. */
export function prepareWithoutData(source: GraphFile, options: TrainingOptions): PreparedTraining {
  const { training } = source;
  const batch = options.batch ?? training.batch;
  const nothing = { bind: {}, options: {}, preprocess: [], augment: [] };
  const data = { source: 'none', ...nothing, validation: 0, shuffle: false };
  const train = { ...emptySplit, count: batch };
  return {
    graph: { ...source, training: { ...training, batch, data } },
    dataset: {
      id: 'none',
      title: 'no data',
      fields: {},
      splits: { train, validation: emptySplit, test: emptySplit },
    },
    threads: options.threads ?? 1,
  };
}

/** Throws `Refused` where an input has no numbers. */
export function refuseUnfed(plan: Plan): void {
  const given = fixedFeeds(plan);
  const unfed = plan.feeds.filter((name) => !given.has(name)).map((name) => `\`${name}\``);
  if (unfed.length === 0) return;
  refuse(
    'E_NO_DATA',
    `the graph names no data, and nothing feeds ${unfed.join(', ')}`,
    'Choose a data set, or give the input a value.',
  );
}

/** Whether an iteration changes something, by this plan of the debugger's. */
export function canTrain({ loss, values }: Plan): boolean {
  return loss !== null && values.some(({ kind }) => kind === 'parameter');
}

/** The plan of a graph that cannot be trained, in its memory. Throws `Refused`. */
export function standWithoutTraining(
  { graph, dataset }: PreparedTraining,
  stepping: Plan,
  diagnostics: Diagnostic[],
  retain: readonly string[],
): StandingTraining {
  const library = createKernelLibrary();
  const compilation = compileWith(
    graph,
    { operators, optimizers },
    {
      mode: stepping.mode,
      batch: graph.training.batch,
      retain,
      gradients: stepping.loss === null ? 'none' : 'all',
      workspaceBytes: library.workspaceBytes,
    },
  );
  settle(compilation.diagnostics, diagnostics);
  if (!compilation.plan) refuse('E_EMPTY', 'there is nothing to run');
  const workspace = createWorkspace([compilation.plan], { library });
  workspace.initialize(graph.seed);
  const bound = workspace.plans[0] as BoundPlan;
  const plans = { train: bound, evaluation: bound, remainders: new Map() };
  return {
    bound,
    workspace,
    run: createTrainingRun(graph, dataset, plans, learningRateOf(graph)),
    loadWeights: (tensors) => assignWeights(bound, tensors),
    weights: () => weightsOf(bound),
    others: null,
    threads: 1,
    dispose: () => undefined,
  };
}
