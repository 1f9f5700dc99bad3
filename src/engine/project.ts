// One graph, compiled and standing in memory: the debugger's plan and stepper, and, once training is asked for, the fast
// plans in the same workspace. Made anew by every `open`; parameters travel through parked tensors.
import { type Compilation, type CompileOptions, compile, type Registry } from '../compiler/compile.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { KernelLibrary } from '../kernels/library.ts';
import type { Plan } from '../program/plan.ts';
import { createStepper, type Stepper } from '../runtime/stepper.ts';
import { type BoundPlan, createWorkspace, type Workspace } from '../runtime/workspace.ts';
import { type Diagnostic, error, hasErrors } from '../tensor/diagnostic.ts';
import { createBatches } from '../training/batches.ts';
import { compileTraining } from '../training/compile-training.ts';
import type { Dataset } from '../training/datasets/dataset.ts';
import { createFeeder, feedName } from '../training/feed-batches.ts';
import { withSteadyBatch } from '../training/full-batch.ts';
import { createSchedule } from '../training/schedule.ts';
import { createTrainingRun, type TrainingRun } from '../training/training-run.ts';
import { feedSamples, fixedFeeds } from './feed-samples.ts';
import type { ParkedTensors } from './parked-tensors.ts';
import type { PlanKind } from './protocol.ts';

export interface ProjectOptions {
  readonly registry: Registry;
  readonly library: KernelLibrary;
  readonly shared: boolean;
  readonly expand: readonly string[];
  /** Opened by the training set-up's data source; null: none, or not at hand. */
  readonly dataset: Dataset | null;
  readonly parked: ParkedTensors;
  /** Iterations done before. */
  readonly iteration: number;
}

export interface Project {
  readonly graph: GraphFile;
  readonly compilation: Compilation;
  /** Null where errors leave nothing to run. */
  readonly debug: Debug | null;
  /** The fast plans, compiled when first asked for. */
  training(): { readonly run: TrainingRun; readonly plan: Plan } | { readonly diagnostics: readonly Diagnostic[] };
  /** Plan of training for the plan view; compiled without data where need be. */
  fastPlan(): Plan | null;
  /** The graph compiled once more, for looking at what the passes do. */
  compileAs(kind: PlanKind, options: Pick<CompileOptions, 'off' | 'trace'>): Compilation;
  /** Saves parameters so that the next project can take them over. */
  park(): void;
}

export interface Debug {
  readonly bound: BoundPlan;
  readonly stepper: Stepper;
  /** Feeds that hold samples because nothing was given. */
  readonly sampled: readonly string[];
  /** Writes the feeds of an iteration. */
  feed(iteration: number): void;
}

export function createProject(given: GraphFile, options: ProjectOptions): Project {
  const { registry, library, parked } = options;
  const graph = withSteadyBatch(given, registry);
  const workspaceBytes = library.workspaceBytes;
  // Without a loss there is nothing to train: the graph shows what it answers, with running statistics and no dropout.
  const mode = hasLoss(graph, registry) ? 'train' : 'eval';
  const compileOptions: Readonly<Record<PlanKind, CompileOptions>> = {
    stepping: { mode, retain: 'all', gradients: 'all', expand: options.expand, workspaceBytes },
    training: { mode: 'train', retain: [], gradients: 'training', workspaceBytes },
  };
  let compilation = compile(graph, registry, compileOptions.stepping);
  const defaultLr = registry.optimizers[graph.training.optimizer.kind]?.defaultLr ?? 0;
  const perEpoch = Math.max(1, Math.floor((options.dataset?.splits.train.count ?? 0) / graph.training.batch));
  const schedule = createSchedule(graph.training.schedule, graph.training.optimizer.lr ?? defaultLr, {
    epochs: graph.training.epochs,
    iterationsPerEpoch: perEpoch,
  });
  let workspace: Workspace | null = null;
  let debug: Debug | null = null;
  let run: TrainingRun | null = null;
  let fast: Plan | null = null;

  function stand(plans: readonly Plan[], iteration: number): readonly BoundPlan[] {
    const next = createWorkspace(plans, { library, shared: options.shared });
    next.initialize(graph.seed);
    const largest = [...next.plans].sort((a, b) => b.plan.arena.persistentBytes - a.plan.arena.persistentBytes)[0];
    if (largest) parked.restore(largest);
    workspace = next;
    debug = standDebug(next, next.plans[0] as BoundPlan, iteration);
    return next.plans;
  }

  function standDebug(next: Workspace, bound: BoundPlan, iteration: number): Debug {
    const fed = fixedFeeds(bound.plan);
    const data = graph.training.data;
    const feeder =
      options.dataset && data && options.dataset.splits.train.count >= graph.training.batch
        ? createFeeder(
            bound,
            createBatches(options.dataset.splits.train, {
              batch: graph.training.batch,
              seed: graph.seed,
              shuffle: data.shuffle,
              remainder: 'drop',
            }),
            data.bind,
          )
        : null;
    if (feeder && data) for (const target of Object.keys(data.bind)) fed.add(feedName(target));
    const sampled = bound.plan.feeds.filter((name) => !fed.has(name));
    feedSamples(bound, sampled);
    const feed = (at: number) => {
      if (run) run.seek(at);
      if (run) run.prepare(bound);
      else {
        bound.read('lr')[0] = schedule.rateAt(at, []);
        feeder?.fill(Math.floor(at / perEpoch), at % perEpoch);
      }
    };
    const stepper = createStepper(next, bound);
    stepper.reset(iteration, feed);
    return { bound, stepper, sampled, feed };
  }

  if (compilation.plan) {
    const { plan } = compilation;
    const stood = withinMemory(() => stand([plan], options.iteration));
    if ('fault' in stood)
      compilation = { ...compilation, plan: null, diagnostics: [...compilation.diagnostics, stood.fault] };
  }

  const project: Project = {
    graph,
    get compilation() {
      return compilation;
    },
    get debug() {
      return debug;
    },
    training() {
      if (run && fast) return { run, plan: fast };
      if (!compilation.plan || !debug) return { diagnostics: compilation.diagnostics };
      const { dataset } = options;
      if (!dataset) {
        return {
          diagnostics: [
            error(
              'E_NO_DATA',
              'training needs data',
              { json: '/training/data' },
              { hint: 'Choose a data set in the Training tab.' },
            ),
          ],
        };
      }
      // Too few examples for one batch: compileTraining's E_BATCH names the sizes.
      const enough = dataset.splits.train.count >= graph.training.batch;
      const unbound = enough ? debug.sampled : [];
      if (unbound.length > 0) {
        return {
          diagnostics: [
            error(
              'E_UNBOUND',
              `nothing feeds ${unbound.map((name) => `\`${name}\``).join(', ')}`,
              { json: '/training/data/bind' },
              { hint: 'Bind every input to a field of the data set.' },
            ),
          ],
        };
      }
      const compiled = compileTraining(graph, registry, dataset, { workspaceBytes });
      if (!compiled.plans) return { diagnostics: compiled.diagnostics };
      const { train, evaluation, remainders } = compiled.plans;
      const iteration = debug.stepper.settledIteration;
      parked.park(debug.bound, debug.stepper.settled);
      const plans = [compilation.plan, train, evaluation, ...remainders.values()];
      const stood = withinMemory(() => stand(plans, iteration));
      if ('fault' in stood) return { diagnostics: [stood.fault] };
      const [, boundTrain, boundEvaluation, ...rest] = stood.made as readonly [
        BoundPlan,
        BoundPlan,
        BoundPlan,
        ...BoundPlan[],
      ];
      fast = train;
      run = createTrainingRun(
        graph,
        dataset,
        {
          train: boundTrain,
          evaluation: boundEvaluation,
          remainders: new Map([...remainders.keys()].map((size, i) => [size, rest[i] as BoundPlan])),
        },
        defaultLr,
      );
      run.seek(iteration);
      return { run, plan: train };
    },
    fastPlan() {
      if (fast) return fast;
      const attempt = compile(graph, registry, compileOptions.training);
      if (attempt.plan && !hasErrors(attempt.diagnostics)) return attempt.plan;
      return compilation.plan;
    },
    compileAs: (kind, more) => compile(graph, registry, { ...compileOptions[kind], ...more }),
    park() {
      if (workspace && debug) parked.park(debug.bound, debug.stepper.settled);
    },
  };
  // The rate of later epochs depends on what is measured between them: who only steps needs the plans of evaluation, too.
  if (schedule.followsValidation && options.dataset) project.training();
  return project;
}

/** Whether something is to be minimised, wired or not. */
function hasLoss({ training, nodes, blocks }: GraphFile, { operators }: Registry): boolean {
  const isLoss = ({ op }: GraphFile['nodes'][number]) =>
    Object.hasOwn(operators, op) && operators[op]?.traits.loss === true;
  return (
    training.loss !== undefined || nodes.some(isLoss) || Object.values(blocks).some((block) => block.nodes.some(isLoss))
  );
}

/** What was made, or what to say where the memory cannot be had. */
function withinMemory<T>(make: () => T): { readonly made: T } | { readonly fault: Diagnostic } {
  try {
    return { made: make() };
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault;
    const hint = { hint: 'Make the batch or the network smaller.' };
    return { fault: error('E_MEMORY', `there is not enough memory: ${fault.message}`, {}, hint) };
  }
}
