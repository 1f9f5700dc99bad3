// The plans of a training run: train mode; eval mode; eval mode for the remainders of the splits. One persistent region.
import { type Compilation, type CompileOptions, compile, type Registry } from '../compiler/compile.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { Plan } from '../program/plan.ts';
import { type Diagnostic, error, hasErrors } from '../tensor/diagnostic.ts';
import { type Dataset, splitNames } from './datasets/dataset.ts';
import { fullBatchFaults } from './full-batch.ts';
import { createSchedule, scheduleFaults } from './schedule.ts';

export interface TrainingCompilation {
  readonly diagnostics: readonly Diagnostic[];
  /** Train, evaluation, then one per remainder; null where something is wrong. */
  readonly plans: {
    readonly train: Plan;
    readonly evaluation: Plan;
    readonly remainders: ReadonlyMap<number, Plan>;
  } | null;
}

/** Compiles all three for `dataset`; faults are in `diagnostics`. */
export function compileTraining(
  graph: GraphFile,
  registry: Registry,
  dataset: Dataset,
  /** `retain`: values that stay readable in the training plan, gradients of anything among them. */
  options: Pick<CompileOptions, 'workspaceBytes' | 'dims' | 'off' | 'expand' | 'partial'> & {
    readonly retain?: readonly string[];
  },
): TrainingCompilation {
  const diagnostics: Diagnostic[] = [];
  const { batch } = graph.training;
  const { retain = [] } = options;
  if (dataset.splits.train.count < batch) {
    diagnostics.push(
      error('E_BATCH', `a batch of ${batch} is more than the ${dataset.splits.train.count} examples for training`, {
        json: '/training/batch',
      }),
    );
    return { diagnostics, plans: null };
  }
  diagnostics.push(...scheduleDiagnostics(graph, dataset), ...fullBatchFaults(graph, registry, dataset));
  const build = (mode: 'train' | 'eval', size: number): Compilation =>
    compile(graph, registry, {
      ...options,
      mode,
      batch: size,
      retain: mode === 'train' ? retain : [],
      gradients: mode === 'eval' ? 'none' : retain.length > 0 ? 'all' : 'training',
    });
  const train = build('train', batch);
  /** Faults of nodes that a part leaves out are not in its way. */
  const inTheWay = (compilation: Compilation) =>
    options.partial && compilation.plan ? compilation.untrainable : compilation.diagnostics;
  diagnostics.push(...inTheWay(train));
  if (train.plan && train.plan.loss === null && train.untrainable.length === 0) {
    diagnostics.push(
      error(
        'E_NO_LOSS',
        'training needs a loss',
        {},
        { hint: 'Add cross_entropy, mse_loss or another loss behind the scores.' },
      ),
    );
  }
  if (train.plan && !train.plan.values.some((value) => value.kind === 'parameter')) {
    diagnostics.push(
      error(
        'E_NO_PARAMETERS',
        'nothing in this graph can be trained',
        {},
        { hint: 'Add a layer with weights: linear, conv2d, …' },
      ),
    );
  }
  /** What is measured must be what is trained. */
  const measures = ({ plan }: Compilation): boolean =>
    plan !== null && plan.loss !== null && plan.metrics.length === train.plan?.metrics.length;
  const evaluation = build('eval', batch);
  const remainders = new Map<number, Plan>();
  for (const split of splitNames) {
    const rest = dataset.splits[split].count % batch;
    if (rest === 0 || remainders.has(rest) || hasErrors(diagnostics)) continue;
    const built = build('eval', rest);
    if (built.plan && measures(built)) remainders.set(rest, built.plan);
  }
  if (hasErrors(diagnostics) || !train.plan || !evaluation.plan || !measures(evaluation))
    return {
      diagnostics: [
        ...diagnostics,
        ...(measures(evaluation) ? inTheWay(evaluation) : evaluation.diagnostics).filter(
          (d) => !diagnostics.some((o) => o.message === d.message),
        ),
      ],
      plans: null,
    };
  return { diagnostics, plans: { train: train.plan, evaluation: evaluation.plan, remainders } };
}

function scheduleDiagnostics({ training }: GraphFile, dataset: Dataset): readonly Diagnostic[] {
  const { schedule, epochs } = training;
  const { followsValidation } = createSchedule(schedule, 0, { epochs, iterationsPerEpoch: 1 });
  if (!followsValidation || dataset.splits.validation.count > 0) return scheduleFaults(schedule);
  return [
    error(
      'E_SCHEDULE',
      `the schedule \`${schedule.kind}\` follows the loss on validation examples, and there are none`,
      { json: '/training/schedule/kind' },
      { hint: 'Set a share of the training examples aside for validation.' },
    ),
  ];
}
