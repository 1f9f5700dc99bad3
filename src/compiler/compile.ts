// compile: graph → plan. The whole way in order: elaborate → infer (→ expand) → penalty → lower → metrics → differentiate →
// update → passes → allocate → plan. A pure function of graph and options; nothing here runs a kernel but constant folding.
// A fault leaves no plan; asked for a part, the plan is that of the graph without the nodes that stop.
import type { GraphFile } from '../graph/schema.ts';
import type { Operator } from '../operators/define-operator.ts';
import type { Optimizer } from '../operators/optimizers/define-optimizer.ts';
import type { Ref } from '../program/access.ts';
import type { KernelSpec } from '../program/kernel-spec.ts';
import type { Plan } from '../program/plan.ts';
import type { Mode, Program, ValueId } from '../program/program.ts';
import { type Diagnostic, error, hasErrors } from '../tensor/diagnostic.ts';
import { allocate } from './allocate.ts';
import { assemblePlan } from './assemble-plan.ts';
import { differentiate, type GradientRules, type Seed } from './differentiate.ts';
import { typedNetwork } from './infer.ts';
import { findLoss, lossThatWaits } from './loss.ts';
import { type Lowering, lower } from './lower.ts';
import { metrics } from './metrics.ts';
import { canonical, type TypedNetwork } from './network.ts';
import { addPenalty } from './penalty.ts';
import { type PassTrace, runPipeline } from './pipeline.ts';
import { type Stopped, soundPart, typeGraph } from './type-graph.ts';
import { update } from './update.ts';

/** The operators and optimisers that graphs may name. */
export interface Registry {
  readonly operators: Readonly<Record<string, Operator>>;
  readonly optimizers: Readonly<Record<string, Optimizer>>;
}

export interface CompileOptions {
  readonly mode: Mode;
  /** Size of the dimension N; the training set-up's batch by default. */
  readonly batch?: number;
  readonly dims?: Readonly<Record<string, number>>;
  /**
   * `all`: every named value stays readable and every step visible; or the names that must be readable at the end, among them
   * `before(p)`: what a parameter or running statistic was when the iteration began.
   */
  readonly retain: 'all' | readonly string[];
  /**
   * none: forward only.  training: gradients of what trains, and the update.  all: gradients of everything, and the update where
   * `optimizer` is not false.  Or chosen seeds and targets.
   */
  readonly gradients:
    | 'none'
    | 'training'
    | 'all'
    | { readonly seeds: readonly Seed[]; readonly towards: readonly string[] };
  /** Gradients of others than the operators' own. */
  readonly gradientRules?: GradientRules;
  /** False: no update phase. */
  readonly update?: boolean;
  readonly numerics?: 'fast' | 'strict';
  /** Nodes (paths without times) to open through their operators' `expand`. */
  readonly expand?: readonly string[];
  /** Compute values a second time rather than keep them for the backward phase: less memory, a little more time. */
  readonly recompute?: boolean;
  /** Nodes with faults, and what depends on them, are left out, and the rest is compiled. */
  readonly partial?: boolean;
  /** Passes to leave out. */
  readonly off?: readonly string[];
  readonly trace?: (trace: PassTrace) => void;
  /** Bytes of scratch that a kernel needs beside its buffers. */
  workspaceBytes(spec: KernelSpec): number;
}

export interface Compilation {
  readonly diagnostics: readonly Diagnostic[];
  /** Those among them that the graph's nodes and wires have, before anything is made of it. */
  readonly faults: readonly Diagnostic[];
  /** What the plan is made of; where there is none, all of the graph, with the types that could be inferred. */
  readonly network: TypedNetwork;
  /** Nodes that cannot run, by instance path: those that a plan of a part leaves out. */
  readonly stopped: ReadonlyMap<string, Stopped>;
  /** Why the plan does not minimise the loss that is meant, where it does not. */
  readonly untrainable: readonly Diagnostic[];
  readonly program: Program | null;
  readonly plan: Plan | null;
}

/**
 * The whole way from graph to plan. Never throws for what a graph has wrong: faults are in `diagnostics`, and `plan` is null where
 * nothing can run.
 */
export function compile(graph: GraphFile, registry: Registry, given: CompileOptions): Compilation {
  // Working out a workspace is planning a kernel: several stages ask, once is enough.
  const options = { ...given, workspaceBytes: remembered(given.workspaceBytes) };
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const untrainable: Diagnostic[] = [];
  const reportOfLoss = (diagnostic: Diagnostic) => {
    report(diagnostic);
    if (diagnostic.severity === 'error') untrainable.push(diagnostic);
  };
  const batch = options.batch ?? graph.training.batch;
  const { mode, gradients, partial = false } = options;
  const fails = () => !partial && hasErrors(diagnostics);

  const { operators } = registry;
  const typing = { mode, dims: { ...options.dims, N: batch }, operators, expand: options.expand };
  const known = typeGraph(graph, typing, report);
  const { whole, inference, stopped } = known;
  const faults = [...diagnostics];
  let network = partial ? soundPart(known) : whole;

  const needed = gradients === 'training' || gradients === 'all';
  const waiting = partial && needed ? lossThatWaits(graph, known, operators) : null;
  if (waiting) untrainable.push(waiting);
  let loss = waiting ? null : findLoss(graph, network, needed, reportOfLoss);
  const penalty = graph.training.penalty;
  if (loss !== null && penalty && mode === 'train' && options.gradients !== 'none') {
    ({ network, loss } = addPenalty(network, inference, penalty, loss, operators, report));
  }
  const typed = typedNetwork(network, inference);
  const found = { diagnostics, faults, stopped, untrainable };
  const nothing = { ...found, network: partial ? typedNetwork(whole, inference) : typed, program: null, plan: null };
  if (fails() || (network.instances.length === 0 && stopped.size > 0)) return nothing;

  const asked = new Set(options.retain === 'all' ? [] : options.retain);
  const lowering = lower(typed, mode, graph.seed, (name) => asked.has(`before(${name})`));
  // What a node that stops does not give is not measured: its own fault says enough.
  const stops = (name: string) => partial && isStopped(stopped, canonical(whole, name));
  const sound = graph.training.metrics.filter(({ scores, target }) => !stops(scores) && !stops(target));
  const measured = metrics(lowering, sound, report);
  backward(graph, registry, options, typed, lowering, loss, reportOfLoss);
  if (fails()) return nothing;
  if (untrainable.length > 0) loss = null;

  const { builder } = lowering;
  nameInputs(typed, lowering);
  const results = new Set<ValueId>();
  let unreadable = false;
  if (options.retain === 'all') {
    for (const value of builder.values) if (!value.name.includes(':')) results.add(value.id);
  } else {
    for (const name of options.retain) {
      const ref = builder.find(name);
      if (ref) results.add(ref.id);
      else {
        unreadable = true;
        report(
          error(
            'E_VALUE',
            `there is no value \`${name}\``,
            {},
            { hint: 'Values are called node.port, gradients grad(node.port).' },
          ),
        );
      }
    }
    for (const name of [loss, ...measured.map((metric) => metric.name)]) {
      const ref = name === null ? undefined : builder.find(name);
      if (ref) results.add(ref.id);
    }
  }
  if (unreadable) return nothing;

  const keepSteps = options.retain === 'all';
  const numerics = options.numerics ?? graph.training.numerics;
  const program = runPipeline(builder.finish(mode, [...results]), {
    off: options.off ?? [],
    keepSteps,
    numerics,
    recompute: options.recompute === true,
    workspaceBytes: options.workspaceBytes,
    ...(options.trace ? { trace: options.trace } : {}),
  });
  const allocation = allocate(program, {
    retainAll: keepSteps,
    keep: new Set(program.results),
    workspaceBytes: (index) => {
      const kernel = program.instructions[index]?.kernel;
      return kernel ? options.workspaceBytes(kernel) : 0;
    },
  });
  const plan = assemblePlan(program, allocation, {
    name: graph.name,
    mode,
    seed: graph.seed,
    batch,
    numerics,
    retain: options.retain,
    loss,
    metrics: measured,
  });
  return { ...found, network: typed, program, plan };
}

/** Whether a value is given by a node that is left out, or that lies in a block where one is. */
function isStopped(stopped: Compilation['stopped'], name: string): boolean {
  const path = name.slice(0, name.lastIndexOf('.'));
  return stopped.has(path) || [...stopped.keys()].some((each) => each.startsWith(`${path}/`));
}

function remembered(workspaceBytes: CompileOptions['workspaceBytes']): CompileOptions['workspaceBytes'] {
  const known = new WeakMap<KernelSpec, number>();
  return (spec) => {
    const before = known.get(spec);
    if (before !== undefined) return before;
    const bytes = workspaceBytes(spec);
    known.set(spec, bytes);
    return bytes;
  };
}

function backward(
  graph: GraphFile,
  registry: Registry,
  options: CompileOptions,
  network: TypedNetwork,
  lowering: Lowering,
  loss: string | null,
  report: (d: Diagnostic) => void,
): void {
  const { gradients } = options;
  if (gradients === 'none') return;
  const custom = typeof gradients === 'object';
  const seeds: readonly Seed[] = custom ? gradients.seeds : loss === null ? [] : [{ value: loss, from: 'ones' }];
  if (seeds.length === 0) return;
  const towards = custom ? gradients.towards : gradients === 'all' ? 'all' : 'parameters';
  let sound = true;
  const fault = (diagnostic: Diagnostic): void => {
    sound = false;
    report(diagnostic);
  };
  const totals = differentiate(
    network,
    lowering,
    { seeds, towards, mode: options.mode, rules: options.gradientRules },
    fault,
  );
  for (const alias of network.aliases.keys()) {
    const ref = totals.get(canonical(network, alias));
    if (ref) lowering.builder.alias(`grad(${alias})`, ref.id);
  }
  if (custom || loss === null || options.update === false || options.mode !== 'train') return;
  const { kind, lr: _, ...given } = graph.training.optimizer;
  const optimizer = Object.hasOwn(registry.optimizers, kind) ? registry.optimizers[kind] : undefined;
  if (!optimizer) {
    report(
      error('E_OPTIMIZER', `there is no optimiser \`${kind}\`, only ${Object.keys(registry.optimizers).join(', ')}`, {
        json: '/training/optimizer/kind',
      }),
    );
    return;
  }
  const parsed = optimizer.options.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      report(
        error('E_OPTIMIZER', `${kind}: ${issue.path.join('.')} ${issue.message}`, {
          json: `/training/optimizer/${issue.path.join('/')}`,
        }),
      );
    return;
  }
  if (!sound) return;
  update(lowering, totals, {
    optimizer,
    options: parsed.data,
    clip: graph.training.clip,
    loss: lowering.builder.find(canonical(network, loss)) as Ref,
  });
}

/** Input ports answer to their own names too: `conv1.x` is what arrives there. */
function nameInputs(network: TypedNetwork, { builder }: Lowering): void {
  for (const instance of network.instances) {
    for (const [port, name] of instance.inputs) {
      const ref = builder.find(name);
      const own = `${instance.path}.${port}`;
      if (ref && !builder.find(own)) builder.alias(own, ref.id);
    }
    if (instance.owner === instance.path) continue;
    for (const port of Object.keys(network.types.get(instance.path)?.parameters ?? {})) {
      const ref = builder.find(`${instance.owner}.${port}`);
      if (ref) builder.alias(`${instance.path}.${port}`, ref.id);
    }
  }
}
