// compile: graph → plan. The whole way in order: elaborate → infer (→ expand) → penalty → lower → metrics → differentiate →
// update → passes → allocate → plan. A pure function of graph and options; nothing here runs a kernel but constant folding.
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
import { elaborate } from './elaborate.ts';
import { expand } from './expand.ts';
import { createInference, typedNetwork } from './infer.ts';
import { findLoss } from './loss.ts';
import { type Lowering, lower } from './lower.ts';
import { metrics } from './metrics.ts';
import { canonical, type TypedNetwork } from './network.ts';
import { addPenalty } from './penalty.ts';
import { type PassTrace, runPipeline } from './pipeline.ts';
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
  /** `all`: every named value stays readable and every step visible; or the names that must be readable at the end. */
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
  /** Passes to leave out. */
  readonly off?: readonly string[];
  readonly trace?: (trace: PassTrace) => void;
  /** Bytes of scratch that a kernel needs beside its buffers. */
  workspaceBytes(spec: KernelSpec): number;
}

export interface Compilation {
  readonly diagnostics: readonly Diagnostic[];
  /** Types of all that could be inferred, also where errors leave no plan. */
  readonly network: TypedNetwork;
  readonly program: Program | null;
  readonly plan: Plan | null;
}

export function compile(graph: GraphFile, registry: Registry, given: CompileOptions): Compilation {
  // Working out a workspace is planning a kernel: several stages ask, once is enough.
  const options = { ...given, workspaceBytes: remembered(given.workspaceBytes) };
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const batch = options.batch ?? graph.training.batch;
  const { mode } = options;

  const elaborated = elaborate(graph, { dims: { ...options.dims, N: batch }, operators: registry.operators }, report);
  const inference = createInference(mode, report);
  const opened = { ...elaborated, instances: elaborated.instances.map(inference.visit) };
  let network = expand(opened, inference, new Set(options.expand ?? []), registry.operators, report);

  const { gradients } = options;
  let loss = findLoss(graph, network, gradients === 'training' || gradients === 'all', report);
  const penalty = graph.training.penalty;
  if (loss !== null && penalty && mode === 'train' && options.gradients !== 'none') {
    ({ network, loss } = addPenalty(network, inference, penalty, loss, registry.operators, report));
  }
  const typed = typedNetwork(network, inference);
  const nothing = { diagnostics, network: typed, program: null, plan: null };
  if (hasErrors(diagnostics)) return nothing;

  const lowering = lower(typed, mode, graph.seed);
  const measured = metrics(lowering, graph.training.metrics, report);
  backward(graph, registry, options, typed, lowering, loss, report);
  if (hasErrors(diagnostics)) return nothing;

  const { builder } = lowering;
  nameInputs(typed, lowering);
  const results = new Set<ValueId>();
  if (options.retain === 'all') {
    for (const value of builder.values) if (!value.name.includes(':')) results.add(value.id);
  } else {
    for (const name of options.retain) {
      const ref = builder.find(name);
      if (ref) results.add(ref.id);
      else
        report(
          error(
            'E_VALUE',
            `there is no value \`${name}\``,
            {},
            { hint: 'Values are called node.port, gradients grad(node.port).' },
          ),
        );
    }
    for (const name of [loss, ...measured.map((metric) => metric.name)]) {
      const ref = name === null ? undefined : builder.find(name);
      if (ref) results.add(ref.id);
    }
  }
  if (hasErrors(diagnostics)) return nothing;

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
  return { diagnostics, network: typed, program, plan };
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
  const totals = differentiate(
    network,
    lowering,
    { seeds, towards, mode: options.mode, rules: options.gradientRules },
    report,
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
      error('E_OPTIMIZER', `there is no optimizer \`${kind}\`, only ${Object.keys(registry.optimizers).join(', ')}`, {
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
