// run: one call from graph to values: forward, and backward where a gradient is fetched. Values that nothing computes and
// nobody feeds take, in this order, the graph's fixed value, or the first batch of the graph's own training data.
import { type Compilation, compile } from '../compiler/compile.ts';
import type { Seed } from '../compiler/differentiate.ts';
import { canonical, type Instance } from '../compiler/network.ts';
import { createDataShelf } from '../engine/data-shelf.ts';
import { fixedFeeds } from '../engine/feed-samples.ts';
import { assignWeights } from '../engine/numbers/assign-weights.ts';
import type { GraphFile } from '../graph/schema.ts';
import { createKernelLibrary, type KernelLibrary } from '../kernels/library.ts';
import { optimizers } from '../operators/optimizers/registry.generated.ts';
import { operators } from '../operators/registry.generated.ts';
import type { Plan } from '../program/plan.ts';
import type { Mode } from '../program/program.ts';
import { type BoundPlan, createWorkspace } from '../runtime/workspace.ts';
import { type Diagnostic, warning } from '../tensor/diagnostic.ts';
import { numel, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { createBatches } from '../training/batches.ts';
import { createFeeder, feedName } from '../training/feed-batches.ts';
import { dimensions } from './dimensions.ts';
import { refuse, settle, unlessRefused } from './refused.ts';
import { dotted, keeps } from './value-lookup.ts';

export interface RunOptions {
  /** By input node (`x`) or by the name of any value that is not computed (`conv1.weight`, `loss.target`, `grad(fc.y)`). */
  readonly feeds?: ReadonlyMap<string, Tensor>;
  /** Parameters and state. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Names of values to give; default: what nothing else uses. */
  readonly fetch?: readonly string[];
  /** Values where the gradient starts with ones; by default the loss, or what feeds called `grad(v)` say. */
  readonly seedGradients?: readonly string[];
  /** Default eval. */
  readonly mode?: Mode;
  /** For first parameters and random masks, in place of the graph's. */
  readonly seed?: number;
  /** Sizes of symbolic dimensions; those of fed inputs follow from the feeds. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly numerics?: 'fast' | 'strict';
  /** Other names of values, for feeds and fetch: `inputs` and `outputs` of an opened model. */
  readonly names?: readonly ReadonlyMap<string, string>[];
  /** Values (as `fetch` names them) of which only the first rows are wanted → the value that says how many. */
  readonly rows?: ReadonlyMap<string, string>;
}

export interface RunResult {
  /** In the order of `fetch`; null after an error. */
  readonly values: ReadonlyMap<string, Tensor> | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs a graph, or a plan as it is (whose mode, dimensions and numerics are fixed). */
export function run(source: GraphFile | Plan, options: RunOptions = {}): RunResult {
  const { names = [], feeds = new Map<string, Tensor>(), fetch, rows = new Map<string, string>() } = options;
  const counts = (fetch ?? []).flatMap((name) => rows.get(name) ?? []);
  const ours = (name: string): string => {
    const own = names.find((each) => each.has(name))?.get(name);
    if (own !== undefined || !name.startsWith('grad(')) return own ?? name;
    return `grad(${ours(name.slice(5, -1))})`;
  };
  const { values, diagnostics } = unlessRefused(
    () =>
      runOrRefuse(source, {
        ...options,
        feeds: new Map([...feeds].map(([name, tensor]) => [ours(name), tensor])),
        ...(fetch ? { fetch: [...new Set([...fetch, ...counts].map(ours))] } : {}),
        seedGradients: (options.seedGradients ?? []).map(ours),
      }),
    (found): RunResult => ({ values: null, diagnostics: found }),
  );
  if (!values || !fetch) return { values, diagnostics };
  const fetched = (name: string): Tensor => {
    const whole = values.get(ours(name)) as Tensor;
    const count = rows.get(name);
    return count === undefined ? whole : firstRows(whole, values.get(ours(count))?.data[0] ?? 0);
  };
  return { values: new Map(fetch.map((name) => [name, fetched(name)])), diagnostics };
}

function firstRows({ dtype, shape, data }: Tensor, count: number): Tensor {
  const columns = numel(shape.slice(1));
  return { dtype, shape: [count, ...shape.slice(1)], data: data.slice(0, count * columns) };
}

interface Prepared {
  readonly plan: Plan;
  readonly names: readonly string[];
  readonly graph: GraphFile | null;
  readonly compilation: Compilation | null;
}

function runOrRefuse(source: GraphFile | Plan, options: RunOptions): RunResult {
  const library = createKernelLibrary();
  const diagnostics: Diagnostic[] = [];
  const { plan, names, graph, compilation } =
    source.format === 'chainrule/plan'
      ? { plan: source, names: options.fetch ?? resultsOf(source), graph: null, compilation: null }
      : prepare(source, options, library, diagnostics);
  const workspace = createWorkspace([plan], { library });
  workspace.initialize(options.seed ?? plan.seed);
  const bound = workspace.plans[0] as BoundPlan;
  const given = fixedFeeds(plan);
  if (options.weights) settle(assignWeights(bound, options.weights), diagnostics);
  const unused = (name: string) => void diagnostics.push(...unusedFeed(name, compilation));
  for (const name of assign(bound, options.feeds ?? new Map(), unused)) given.add(name);
  const missing = plan.feeds.filter((name) => !given.has(name));
  if (missing.length > 0) feedData(graph, bound, missing, diagnostics);
  bound.run(0, plan.instructions.length);
  return { values: new Map(names.map((name) => [name, tensorOf(bound, name)])), diagnostics };
}

/** What a plan keeps, where nothing is asked for. */
function resultsOf(plan: Plan): readonly string[] {
  return plan.retain === 'all'
    ? Object.keys(plan.names).filter((name) => !name.includes(':'))
    : [...plan.retain, ...(plan.loss === null ? [] : [plan.loss]), ...plan.metrics.map((metric) => metric.name)];
}

function prepare(source: GraphFile, options: RunOptions, library: KernelLibrary, found: Diagnostic[]): Prepared {
  const graph = options.seed === undefined ? source : { ...source, seed: options.seed };
  const feeds = options.feeds ?? new Map<string, Tensor>();
  const dims = dimensions(graph, options.dims ?? {}, feeds);
  const seeds: Seed[] = [
    ...[...feeds.keys()].flatMap((name) =>
      name.startsWith('grad(') ? [{ value: name.slice(5, -1), from: 'feed' as const }] : [],
    ),
    ...(options.seedGradients ?? []).map((value) => ({ value, from: 'ones' as const })),
  ];
  const base: Base = {
    mode: options.mode ?? 'eval',
    dims,
    ...(dims['N'] === undefined ? {} : { batch: dims['N'] }),
    ...(options.numerics === undefined ? {} : { numerics: options.numerics }),
    workspaceBytes: library.workspaceBytes,
  };
  const fetched = options.fetch ?? [];
  const forwardOnly = { ...base, retain: [], gradients: 'none' as const };
  const names =
    fetched.length > 0 ? fetched : terminals(compile(graph, { operators, optimizers }, forwardOnly), seeds.length > 0);
  const targets = fetched.flatMap((name) => (name.startsWith('grad(') ? [name.slice(5, -1)] : []));
  const gradients = targets.length === 0 && seeds.length === 0 ? 'none' : gradientsOf(graph, seeds, targets, base);
  const compilation = compile(graph, { operators, optimizers }, { ...base, retain: names, gradients, update: false });
  settle(compilation.diagnostics, found);
  if (!compilation.plan) refuse('E_EMPTY', 'there is nothing to run');
  return { plan: compilation.plan, names, graph, compilation };
}

interface Base {
  readonly mode: Mode;
  readonly dims: Readonly<Record<string, number>>;
  readonly batch?: number;
  readonly numerics?: 'fast' | 'strict';
  readonly workspaceBytes: KernelLibrary['workspaceBytes'];
}

/** Seeds and targets; the loss with 1 where no seed is given. */
function gradientsOf(graph: GraphFile, seeds: readonly Seed[], targets: readonly string[], base: Base) {
  if (seeds.length > 0) return { seeds, towards: targets };
  const { network, diagnostics, plan } = compile(
    graph,
    { operators, optimizers },
    { ...base, retain: [], gradients: 'none' },
  );
  settle(diagnostics, []);
  const loss = plan?.loss ?? null;
  if (loss === null) {
    const losses = network.instances.filter((instance) => instance.operator.traits.loss).map(({ path }) => path);
    const what = 'a gradient is fetched, but the graph has';
    if (losses.length > 1) refuse('E_SEED', `${what} the losses ${losses.join(', ')}`);
    refuse('E_SEED', `${what} no loss`);
  }
  if (graph.training.penalty && base.mode === 'train') return 'all' as const;
  return { seeds: [{ value: canonical(network, loss), from: 'ones' as const }], towards: targets };
}

/** Outputs that no node takes, the loss among them. */
function terminals({ network }: Compilation, seeded: boolean): string[] {
  const used = new Set(
    network.instances.flatMap((instance) => [...instance.inputs.values()].map((name) => canonical(network, name))),
  );
  const names = network.instances.flatMap((instance) =>
    instance.operator.traits.source !== undefined
      ? []
      : Object.keys(network.types.get(instance.path)?.outputs ?? {}).map(
          (port) => instance.outputNames?.[port] ?? `${instance.path}.${port}`,
        ),
  );
  const ends = names.filter((name) => !used.has(name));
  return seeded || ends.length > 0 ? ends : names;
}

/** Writes tensors into feeds, parameters and state; answers the names written. */
function assign(bound: BoundPlan, tensors: ReadonlyMap<string, Tensor>, unused: (name: string) => void): string[] {
  const written: string[] = [];
  for (const [name, tensor] of tensors) {
    // A seed that is not the whole gradient is called `grad(v):in` by the compiler.
    const names = [`${name}:in`, name, feedName(name), dotted(name)];
    const index = names.map(bound.find).find((found) => found !== undefined);
    const value = index === undefined ? undefined : bound.plan.values[index];
    if (index === undefined || !value) {
      unused(name);
      continue;
    }
    if (value.kind === 'computed' || value.kind === 'constant') refuseComputed(name);
    const scalar = value.shape.length === 0 && tensor.data.length === 1;
    if (!scalar && !sameShape(value.shape, tensor.shape))
      refuse(
        'E_FEED_SHAPE',
        `\`${name}\` is [${tensor.shape.join(', ')}] in the file, the graph needs [${value.shape.join(', ')}]`,
      );
    bound.view(index).set(tensor.data);
    written.push(value.name);
  }
  return written;
}

function refuseComputed(name: string): never {
  return refuse('E_FEED_COMPUTED', `\`${name}\` is computed by the graph: it cannot be fed`);
}

/** A feed that the plan does without: unknown to the graph is refused, not needed for what is fetched is fine. */
function unusedFeed(name: string, compilation: Compilation | null): Diagnostic[] {
  if (!compilation) return [warning('W_FEED_UNUSED', `the plan does not need the feed \`${name}\``)];
  const { network } = compilation;
  const names = [name, feedName(name), dotted(name)].map((each) => canonical(network, each));
  const found = names.find((each) => network.values.has(each));
  if (found === undefined) refuse('E_FEED_UNKNOWN', `the feed \`${name}\` names no value of this graph`);
  const computes = ({ operator, path }: Instance) =>
    operator.traits.source === undefined && Object.keys(operator.outputs).some((port) => found === `${path}.${port}`);
  if (network.instances.some(computes)) refuseComputed(name);
  return [];
}

function feedData(graph: GraphFile | null, bound: BoundPlan, missing: readonly string[], found: Diagnostic[]): void {
  const data = graph?.training.data;
  const covered = new Set(Object.keys(data?.bind ?? {}).map(feedName));
  const open = missing.filter((name) => !covered.has(name));
  if (!graph || !data || open.length > 0) {
    const names = (open.length > 0 ? open : missing).map((name) => `\`${name}\``).join(', ');
    refuse('E_NOT_FED', `nothing feeds ${names}`);
  }
  const { dataset, diagnostics } = createDataShelf().open(data, graph.seed);
  settle(diagnostics, found);
  if (!dataset) refuse('E_NOT_FED', `the data set \`${data.source}\` is not at hand`);
  const reader = createBatches(dataset.splits.train, {
    batch: bound.plan.batch,
    seed: graph.seed,
    shuffle: data.shuffle,
    remainder: 'drop',
  });
  const bind = Object.entries(data.bind).filter(([target]) => missing.includes(feedName(target)));
  createFeeder(bound, reader, Object.fromEntries(bind)).fill(0, 0);
}

function tensorOf(bound: BoundPlan, name: string): Tensor {
  const index = bound.find(name);
  const value = index === undefined ? undefined : bound.plan.values[index];
  if (index === undefined || !value) refuse('E_VALUE', `there is no value \`${name}\``);
  if (!keeps(bound.plan, index)) refuse('E_NOT_KEPT', `the plan does not keep \`${name}\``);
  return { dtype: value.dtype, shape: value.shape, data: bound.view(index).slice() };
}
