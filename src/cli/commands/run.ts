// chainrule run: forward, and backward where a gradient is fetched. Values that nothing computes and nobody feeds take, in
// this order, the graph's fixed value, or the first batch of the graph's own training data.
import { writeFileSync } from 'node:fs';
import { type Compilation, compile } from '../../compiler/compile.ts';
import type { Seed } from '../../compiler/differentiate.ts';
import { canonical, type Instance } from '../../compiler/network.ts';
import { assignWeights } from '../../engine/assign-weights.ts';
import { createDataShelf } from '../../engine/data-shelf.ts';
import { fixedFeeds } from '../../engine/feed-samples.ts';
import { writeSafetensors } from '../../formats/safetensors/write-safetensors.ts';
import type { GraphFile } from '../../graph/schema.ts';
import { createKernelLibrary } from '../../kernels/library.ts';
import { optimizers } from '../../operators/optimizers/registry.generated.ts';
import { operators } from '../../operators/registry.generated.ts';
import type { Plan } from '../../program/plan.ts';
import { type BoundPlan, createWorkspace } from '../../runtime/workspace.ts';
import { sameShape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { createBatches } from '../../training/batches.ts';
import { createFeeder, feedName } from '../../training/feed-batches.ts';
import { dimensions } from '../batch-size.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readSource, readTensors } from '../files.ts';
import type { Command } from '../options.ts';
import { formatNumber, table } from '../table.ts';

const library = createKernelLibrary();

export const run: Command = {
  name: 'run',
  summary: 'Runs a graph or a plan and prints or saves what is fetched.',
  positional: 'GRAPH',
  options: [
    {
      name: 'feeds',
      value: 'F.safetensors',
      help: 'tensors by input node (x) or by the name of any value that is not computed',
    },
    { name: 'weights', value: 'F.safetensors', help: 'parameters and running statistics' },
    {
      name: 'fetch',
      value: 'NAME,…',
      help: 'values to give, e.g. fc.y,grad(conv1.weight); default: what nothing else uses',
      multiple: true,
    },
    { name: 'seed-grad', value: 'NAME,…', help: 'start the gradient with ones at these values', multiple: true },
    { name: 'mode', value: 'train|eval', help: 'default eval' },
    { name: 'seed', value: 'N', help: 'for initial parameters and random masks, in place of the graph’s' },
    { name: 'dim', value: 'NAME=SIZE', help: 'size of a symbolic dimension, e.g. N=4', multiple: true },
    { name: 'numerics', value: 'fast|strict', help: 'strict gives the same bits on every engine' },
    { name: 'out', value: 'F.safetensors', help: 'save the values instead of printing them' },
  ],
  async run(path, options, io) {
    const warn = (line: string) => io.err(`${line}\n`);
    const source = readSource(path);
    const feeds = new Map(options.text('feeds') === undefined ? [] : readTensors(options.text('feeds') as string));
    const mode = options.text('mode') ?? 'eval';
    if (mode !== 'train' && mode !== 'eval') throw new CommandFailure(`--mode is train or eval, not \`${mode}\``, 2);
    const numerics = options.text('numerics');
    if (numerics !== undefined && numerics !== 'fast' && numerics !== 'strict')
      throw new CommandFailure(`--numerics is fast or strict, not \`${numerics}\``, 2);
    const seed = options.number('seed', { least: 0, whole: true });
    const fetch = options.list('fetch');

    let plan: Plan;
    let graph: GraphFile | null = null;
    let compilation: Compilation | null = null;
    let names = fetch;
    if (source.kind === 'plan') {
      plan = source.plan;
      if (names.length === 0)
        names =
          plan.retain === 'all'
            ? Object.keys(plan.names).filter((name) => !name.includes(':'))
            : [
                ...plan.retain,
                ...(plan.loss === null ? [] : [plan.loss]),
                ...plan.metrics.map((metric) => metric.name),
              ];
    } else {
      graph = seed === undefined ? source.graph : { ...source.graph, seed };
      const dims = dimensions(graph, options.list('dim'), feeds);
      const seeds: Seed[] = [
        ...[...feeds.keys()].flatMap((name) =>
          name.startsWith('grad(') ? [{ value: name.slice(5, -1), from: 'feed' as const }] : [],
        ),
        ...options.list('seed-grad').map((value) => ({ value, from: 'ones' as const })),
      ];
      const base = {
        mode: mode as 'train' | 'eval',
        dims,
        ...(dims['N'] === undefined ? {} : { batch: dims['N'] }),
        ...(numerics === undefined ? {} : { numerics: numerics as 'fast' | 'strict' }),
        workspaceBytes: library.workspaceBytes,
      };
      const targets = names.flatMap((name) => (name.startsWith('grad(') ? [name.slice(5, -1)] : []));
      if (names.length === 0)
        names = terminals(
          compile(graph, { operators, optimizers }, { ...base, retain: [], gradients: 'none' }),
          seeds.length > 0,
        );
      const gradients =
        targets.length === 0 && seeds.length === 0 ? ('none' as const) : gradientsOf(graph, seeds, targets, base);
      compilation = compile(graph, { operators, optimizers }, { ...base, retain: names, gradients, update: false });
      settle(compilation.diagnostics, warn);
      if (!compilation.plan) throw new CommandFailure(`${path}: nothing to run`);
      plan = compilation.plan;
    }

    const workspace = createWorkspace([plan], { library });
    workspace.initialize(seed ?? plan.seed);
    const bound = workspace.plans[0] as BoundPlan;
    const given = new Set<string>();
    for (const name of fixedFeeds(plan)) given.add(name);
    const weights = options.text('weights');
    if (weights !== undefined) settle(assignWeights(bound, readTensors(weights)), warn);
    for (const name of assign(bound, feeds, (name) => reportUnused(name, compilation, warn))) given.add(name);
    const missing = plan.feeds.filter((name) => !given.has(name));
    if (missing.length > 0) feedData(graph, bound, missing);
    bound.run(0, plan.instructions.length);

    const results = new Map<string, Tensor>();
    for (const name of names) {
      const index = bound.find(name);
      const value = index === undefined ? undefined : plan.values[index];
      if (index === undefined || !value) throw new CommandFailure(`there is no value \`${name}\``);
      if (value.live[1] < plan.instructions.length)
        throw new CommandFailure(`the plan does not keep \`${name}\`: make it with --retain ${name}`);
      results.set(name, { dtype: value.dtype, shape: value.shape, data: bound.view(index).slice() });
    }
    const out = options.text('out');
    if (out !== undefined) writeFileSync(out, writeSafetensors(results));
    else io.out(`${table([['value', 'shape', 'min', 'mean', 'max', 'numbers'], ...[...results].map(rowOf)], 2)}\n`);
  },
};

/** Seeds and targets; the loss with 1 where no seed is given. */
function gradientsOf(
  graph: GraphFile,
  seeds: readonly Seed[],
  targets: readonly string[],
  base: { mode: 'train' | 'eval'; dims: Record<string, number> },
) {
  if (seeds.length > 0) return { seeds, towards: targets };
  const { network, diagnostics, plan } = compile(
    graph,
    { operators, optimizers },
    { ...base, retain: [], gradients: 'none', workspaceBytes: library.workspaceBytes },
  );
  settle(diagnostics, () => undefined);
  const loss = plan?.loss ?? null;
  if (loss === null) {
    const losses = network.instances.filter((instance) => instance.operator.traits.loss).map(({ path }) => path);
    throw new CommandFailure(
      losses.length > 1
        ? `a gradient is fetched, but the graph has the losses ${losses.join(', ')}: name one with --seed-grad`
        : 'a gradient is fetched, but the graph has no loss',
    );
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
    if (value.kind === 'computed' || value.kind === 'constant') throw new CommandFailure(notFed(name));
    const scalar = value.shape.length === 0 && tensor.data.length === 1;
    if (!scalar && !sameShape(value.shape, tensor.shape))
      throw new CommandFailure(
        `\`${name}\` is [${tensor.shape.join(', ')}] in the file, the graph needs [${value.shape.join(', ')}]`,
      );
    bound.view(index).set(tensor.data);
    written.push(value.name);
  }
  return written;
}

const notFed = (name: string) => `\`${name}\` is computed by the graph: it cannot be fed`;

/** Names with dots for nesting, as other libraries save them: `block1.conv1.weight` is `block1/conv1.weight`. */
function dotted(name: string): string {
  const parts = name.split('.');
  const port = parts.pop() ?? '';
  return `${parts.join('/')}.${port}`;
}

/** A feed that the plan does without: unknown to the graph is a failure, not needed for what is fetched is fine. */
function reportUnused(name: string, compilation: Compilation | null, warn: (line: string) => void): void {
  if (!compilation) {
    warn(`warning: the plan does not need the feed \`${name}\``);
    return;
  }
  const { network } = compilation;
  const names = [name, feedName(name), dotted(name)].map((each) => canonical(network, each));
  const found = names.find((each) => network.values.has(each));
  if (found === undefined) throw new CommandFailure(`the feed \`${name}\` names no value of this graph`);
  const computes = ({ operator, path }: Instance) =>
    operator.traits.source === undefined && Object.keys(operator.outputs).some((port) => found === `${path}.${port}`);
  if (network.instances.some(computes)) throw new CommandFailure(notFed(name));
}

function feedData(graph: GraphFile | null, bound: BoundPlan, missing: readonly string[]): void {
  const data = graph?.training.data;
  const covered = new Set(Object.keys(data?.bind ?? {}).map(feedName));
  const open = missing.filter((name) => !covered.has(name));
  if (!graph || !data || open.length > 0)
    throw new CommandFailure(
      `nothing feeds ${(open.length > 0 ? open : missing).map((name) => `\`${name}\``).join(', ')}; give it with --feeds`,
    );
  const { dataset, diagnostics } = createDataShelf().open(data, graph.seed);
  settle(diagnostics, () => undefined);
  if (!dataset) throw new CommandFailure(`the data set \`${data.source}\` is not at hand; give the feeds with --feeds`);
  const reader = createBatches(dataset.splits.train, {
    batch: bound.plan.batch,
    seed: graph.seed,
    shuffle: data.shuffle,
    remainder: 'drop',
  });
  const bind = Object.entries(data.bind).filter(([target]) => missing.includes(feedName(target)));
  createFeeder(bound, reader, Object.fromEntries(bind)).fill(0, 0);
}

function rowOf([name, { shape, data }]: [string, Tensor]): string[] {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const x of data) {
    min = Math.min(min, x);
    max = Math.max(max, x);
    sum += x;
  }
  const shown = [...data.slice(0, 4)].map(formatNumber).join(' ') + (data.length > 4 ? ' …' : '');
  return [
    name,
    `[${shape.join(', ')}]`,
    formatNumber(min),
    formatNumber(sum / Math.max(1, data.length)),
    formatNumber(max),
    shown,
  ];
}
