// One graph, compiled and standing in memory: the debugger's plan and stepper, and, once training is asked for, the fast
// plans in the same workspace. Made anew by every `open`; parameters travel through parked tensors.
import { type Compilation, type CompileOptions, compile, type Registry } from '../compiler/compile.ts';
import type { RunBy } from '../debugger/timeline/forks.ts';
import type { Machine } from '../debugger/timeline/machine.ts';
import { createTimeline, type Timeline } from '../debugger/timeline/timeline.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { KernelLibrary } from '../kernels/library.ts';
import type { Plan } from '../program/plan.ts';
import { createStepper, type Stepper } from '../runtime/stepper.ts';
import type { Threads } from '../runtime/threads.ts';
import type { BoundPlan } from '../runtime/workspace.ts';
import { type Diagnostic, error, hasErrors } from '../tensor/diagnostic.ts';
import { compileTraining } from '../training/compile-training.ts';
import type { Dataset } from '../training/datasets/dataset.ts';
import { withSteadyBatch } from '../training/full-batch.ts';
import { createSchedule } from '../training/schedule.ts';
import type { TrainingRun } from '../training/training-run.ts';
import { type MachinePlans, type StandingMachine, standMachine } from './history/history-machine.ts';
import type { ParkedTensors } from './numbers/parked-tensors.ts';
import type { PlanKind } from './protocol/plans.ts';
import { runMode, type World } from './world.ts';

export interface ProjectOptions {
  readonly registry: Registry;
  readonly library: KernelLibrary;
  readonly shared: boolean;
  /** That run the plans together, where there are any. */
  readonly threads?: Threads | null;
  readonly expand: readonly string[];
  /** Opened by the training set-up's data source; null: none, or not at hand. */
  readonly dataset: Dataset | null;
  readonly parked: ParkedTensors;
  /** Iterations done before. */
  readonly iteration: number;
  /** What of the graph can run stands, without the rest. */
  readonly partial?: boolean;
  /** Notes iterations and brings them back. */
  readonly timeline?: Timeline;
}

export interface Project {
  readonly graph: GraphFile;
  readonly compilation: Compilation;
  /** Of the nodes to be opened (`expand`) those that were: blocks and what has no inside are none. */
  readonly opened: readonly string[];
  /** Null where errors leave nothing to run. */
  readonly debug: Debug | null;
  /** All of the graph runs, and what is to be trained can be. */
  readonly isWhole: boolean;
  readonly dataset: Dataset | null;
  /** The graph is drawn otherwise, and its world is the same: everything stays as it stands. */
  redraw(graph: GraphFile, world: World): void;
  /** The fast plans, compiled when first asked for. */
  training(
    needs?: TrainingNeeds,
  ): { readonly run: TrainingRun; readonly plan: Plan } | { readonly diagnostics: readonly Diagnostic[] };
  /** Whether training's plan stands and has exactly these. */
  isArmed(needs: TrainingNeeds): boolean;
  /** Plan of training for the plan view; compiled without data where need be. */
  fastPlan(): Plan | null;
  /** The graph compiled once more, for looking at what the passes do. */
  compileAs(kind: PlanKind, options: Pick<CompileOptions, 'off' | 'trace'>): Compilation;
  /** Stands between two iterations: one whose steps are all executed is done, any other is given up. */
  settle(): void;
  /** Saves parameters so that the next project can take them over. */
  park(): void;
}

/** What training's plan must have for those who ask it something. */
export interface TrainingNeeds {
  /** Values that stay readable. */
  readonly retain: readonly string[];
  /** Nodes (paths without times) that are opened through their operators' `expand`. */
  readonly expand: readonly string[];
}

export interface Debug {
  readonly bound: BoundPlan;
  readonly stepper: Stepper;
  /** Feeds that hold samples because nothing was given. */
  readonly sampled: readonly string[];
  /** The plans in memory, as a history is played on them. */
  readonly machine: Machine;
  /** The same plans once more, in a memory of their own. Throws RangeError where it cannot be had. */
  twin(): Machine;
}

/**
 * Compiles the graph and makes it stand at `options.iteration`. Never throws for what a graph has wrong: `debug` is null where
 * nothing can run.
 */
export function createProject(given: GraphFile, options: ProjectOptions): Project {
  const { registry, library, parked, timeline = createTimeline('') } = options;
  let graph = withSteadyBatch(given, registry);
  const workspaceBytes = library.workspaceBytes;
  const mode = runMode(graph, registry);
  const common = { partial: options.partial === true, workspaceBytes };
  const compileOptions: Readonly<Record<PlanKind, CompileOptions>> = {
    stepping: { ...common, mode, retain: 'all', gradients: 'all', expand: options.expand },
    training: { ...common, mode: 'train', retain: [], gradients: 'training' },
  };
  let compilation = compile(graph, registry, compileOptions.stepping);
  const inside = new Set(compilation.network.instances.flatMap((each) => (each.expanded ? [each.owner] : [])));
  const opened = options.expand.filter((path) => inside.has(path));
  const { dataset } = options;
  const machines = createMachines();
  let standing: StandingMachine | null = null;
  let debug: Debug | null = null;
  let run: TrainingRun | null = null;
  let fast: Plan | null = null;

  /** Made to stand, and stepped at the start of an iteration; `fill` writes parameters and state. */
  function stand(plans: MachinePlans, iteration: number, fill: (next: StandingMachine) => void): void {
    const next = machines.stand(plans);
    fill(next);
    standing = next;
    run = next.run;
    timeline.attach(next, iteration);
    const stepper = createStepper(next.debug, timeline.keeper);
    debug = { bound: next.debug, stepper, sampled: next.sampled, machine: next, twin: () => machines.stand(plans) };
    stepper.reset(iteration);
  }

  /** Machines of this graph; those of other variants are made when something that they ran is replayed. */
  function createMachines() {
    const others = new Map<string, Machine | null>();
    const shared = {
      graph,
      dataset,
      library,
      shared: options.shared,
      threads: options.threads ?? null,
      defaultLr: registry.optimizers[graph.training.optimizer.kind]?.defaultLr ?? 0,
      other,
    };
    function other(by: RunBy, variant: string): Machine | null {
      const key = `${by} ${variant}`;
      const known = others.get(key);
      if (known !== undefined) return known;
      const plans = plansOf(by, variant);
      const made = plans && withinMemory(() => standMachine(plans, shared));
      const machine = made && 'made' in made ? made.made : null;
      others.set(key, machine);
      return machine;
    }
    return { stand: (plans: MachinePlans) => standMachine(plans, shared) };
  }

  /** As `variantsOf` tells them apart. */
  function plansOf(by: RunBy, variant: string): MachinePlans | null {
    if (by === 'stepping') {
      const expand = JSON.parse(variant) as readonly string[];
      const { plan } = compile(graph, registry, { ...compileOptions.stepping, expand });
      return plan && { debug: plan, training: null, variants: variantsOf(expand, none) };
    }
    const needs = JSON.parse(variant) as TrainingNeeds;
    const training = dataset && compileTraining(graph, registry, dataset, { ...common, ...needs }).plans;
    const variants = variantsOf(opened, needs);
    return compilation.plan && training && { debug: compilation.plan, training, variants };
  }

  if (compilation.plan) {
    const plans: MachinePlans = { debug: compilation.plan, training: null, variants: variantsOf(opened, none) };
    const stood = withinMemory(() => stand(plans, options.iteration, (next) => parked.restore(next.debug)));
    if ('fault' in stood)
      compilation = { ...compilation, plan: null, diagnostics: [...compilation.diagnostics, stood.fault] };
  }

  const project: Project = {
    get graph() {
      return graph;
    },
    get isWhole() {
      return compilation.stopped.size === 0 && compilation.untrainable.length === 0;
    },
    dataset,
    redraw(next, { faults, stopped, lossWaits }) {
      graph = withSteadyBatch(next, registry);
      const before = new Set(compilation.faults);
      const diagnostics = [...faults, ...compilation.diagnostics.filter((each) => !before.has(each))];
      const rest = compilation.untrainable.filter(({ code }) => code !== 'E_LOSS_WAITS');
      const untrainable = lossWaits ? [lossWaits] : rest;
      compilation = { ...compilation, diagnostics, faults, stopped, untrainable };
    },
    get compilation() {
      return compilation;
    },
    opened,
    get debug() {
      return debug;
    },
    training(needs = none) {
      const variants = variantsOf(opened, needs);
      if (run && fast && standing?.variants.training === variants.training) return { run, plan: fast };
      if (!compilation.plan || !debug || !standing) return { diagnostics: compilation.diagnostics };
      if (compilation.untrainable.length > 0) return { diagnostics: compilation.untrainable };
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
      const compiled = compileTraining(graph, registry, dataset, { ...common, ...needs });
      const read = readFeeds(compiled.plans?.train ?? compilation.plan);
      const unbound = enough ? debug.sampled.filter((name) => read.has(name)) : [];
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
      if (!compiled.plans) return { diagnostics: compiled.diagnostics };
      settle();
      const { iteration } = debug.stepper;
      const { persistent } = standing.workspace;
      const plans: MachinePlans = { debug: compilation.plan, training: compiled.plans, variants };
      const stood = withinMemory(() =>
        stand(plans, iteration, ({ workspace }) =>
          workspace.persistent.set(persistent.subarray(0, workspace.persistent.length)),
        ),
      );
      if ('fault' in stood) return { diagnostics: [stood.fault] };
      fast = compiled.plans.train;
      run?.seek(iteration, timeline.forks.current.measured);
      return run ? { run, plan: fast } : { diagnostics: compilation.diagnostics };
    },
    isArmed: (needs) => fast !== null && standing?.variants.training === variantsOf(opened, needs).training,
    fastPlan() {
      if (fast) return fast;
      const attempt = compile(graph, registry, compileOptions.training);
      const { partial } = common;
      if (attempt.plan && (partial ? attempt.untrainable.length === 0 : !hasErrors(attempt.diagnostics)))
        return attempt.plan;
      return compilation.plan;
    },
    compileAs: (kind, more) => compile(graph, registry, { ...compileOptions[kind], ...more }),
    settle,
    park() {
      if (debug) parked.park(debug.bound, debug.stepper.settled);
    },
  };

  /** Stands between two iterations: one whose steps are all executed is done, any other is given up. */
  function settle(): void {
    if (!debug) return;
    const { stepper } = debug;
    if (stepper.settledIteration > stepper.iteration) stepper.nextIteration();
    else stepper.runTo(0);
  }

  // The rate of later epochs depends on what is measured between them: who only steps needs the plans of evaluation, too.
  if (createSchedule(graph.training.schedule, 0, { epochs: 1, iterationsPerEpoch: 1 }).followsValidation && dataset)
    project.training();
  return project;
}

const none: TrainingNeeds = { retain: [], expand: [] };

/** Tells plans of one graph apart: nodes that the debugger has opened, what training's plan must have. */
function variantsOf(opened: readonly string[], { retain, expand }: TrainingNeeds): Machine['variants'] {
  return {
    stepping: JSON.stringify([...opened].sort()),
    training: JSON.stringify({ retain: [...retain].sort(), expand: [...expand].sort() }),
  };
}

/** Feeds that something is computed from: an input that nothing is wired to needs no data. */
function readFeeds({ values, instructions }: Plan): ReadonlySet<string> {
  const read = new Set(instructions.flatMap(({ inputs }) => inputs));
  return new Set(values.flatMap(({ kind, name }, index) => (kind === 'feed' && read.has(index) ? [name] : [])));
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
