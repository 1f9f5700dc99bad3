// A case on this engine: graph → compile → plan → workspace, as the page does it.
import { compile } from '../../src/compiler/compile.ts';
import { readGraph } from '../../src/graph/read-graph.ts';
import { createKernelLibrary } from '../../src/kernels/library.ts';
import { optimizers } from '../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../src/operators/registry.generated.ts';
import { createThreads } from '../../src/runtime/threads.ts';
import { createWorkspace } from '../../src/runtime/workspace.ts';
import { labels, learningRate, momentum, pattern, tensorsOf } from '../workloads/tensors.mjs';

const registry = { operators, optimizers };

/** The case as a graph file. */
export function graphOf({ net, kind }) {
  const nodes = Object.entries(net.inputs).map(([id, shape]) => ({
    id,
    op: 'input',
    attributes: { shape },
    position: [0, 0],
  }));
  const edges = [];
  for (const { id, op, from, attributes } of net.nodes) {
    nodes.push({ id, op, attributes, position: [0, 0] });
    const ports = from.length === 1 ? ['x'] : ['a', 'b'];
    from.forEach((source, i) => void edges.push({ from: `${source}.y`, to: `${id}.${ports[i]}` }));
  }
  if (kind === 'step') {
    nodes.push({ id: 'loss', op: 'cross_entropy', position: [0, 0] });
    edges.push({ from: `${net.output}.y`, to: 'loss.x' });
  }
  const { graph, diagnostics } = readGraph({
    format: 'chainrule/graph',
    version: 1,
    name: 'bench',
    seed: 1,
    nodes,
    edges,
    blocks: {},
    notes: [],
    training: {
      ...(kind === 'step' ? { loss: 'loss.y' } : {}),
      metrics: [],
      epochs: 1,
      batch: Object.values(net.inputs)[0][0],
      numerics: 'fast',
      optimizer: { kind: 'momentum', lr: learningRate, momentum },
      schedule: { kind: 'constant' },
    },
  });
  if (!graph || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return graph;
}

/** What the case asks of the compiler. */
export function compileOptions({ net, kind }, library, off = []) {
  const result = `${net.output}.y`;
  const parameters = net.nodes.flatMap(({ id, op, attributes }) =>
    op === 'lstm'
      ? ['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0'].map((port) => `${id}.${port}`)
      : op === 'conv2d' || op === 'linear'
        ? [`${id}.weight`, ...(attributes.bias === false ? [] : [`${id}.bias`])]
        : [],
  );
  const towards = [...Object.keys(net.inputs).map((id) => `${id}.y`), ...parameters];
  return {
    mode: kind === 'forward' ? 'eval' : 'train',
    retain:
      kind === 'gradients'
        ? [result, ...towards.map((name) => `grad(${name})`)]
        : [kind === 'forward' ? result : 'loss.y'],
    gradients:
      kind === 'forward'
        ? 'none'
        : kind === 'step'
          ? 'training'
          : { seeds: [{ value: result, from: 'feed' }], towards },
    off,
    workspaceBytes: (spec) => library.workspaceBytes(spec),
  };
}

function fill(view, classes = 10) {
  view.set(view instanceof Int32Array ? labels(view.length, classes) : pattern(view.length));
}

export function openCase(each, { fma, off, tile, threads } = {}) {
  const shared = Boolean(threads);
  const library = createKernelLibrary({ shared, ...(fma === undefined ? {} : { fma }), ...(tile ? { tile } : {}) });
  const { plan, diagnostics } = compile(graphOf(each), registry, compileOptions(each, library, off));
  if (!plan) throw new Error(JSON.stringify(diagnostics));
  const workspace = createWorkspace([plan], { library, threads });
  workspace.initialize(1);
  const [bound] = workspace.plans;
  // The plan may use the place of a feed again once it has been read, so every run is fed.
  const feeds = plan.feeds.map((name) => {
    const view = bound.read(name);
    fill(view, each.classes);
    return { view, numbers: view.slice() };
  });
  for (const { name, values } of tensorsOf(each.net).parameters.values()) bound.read(name).set(values);
  if (bound.find('lr') !== undefined) bound.read('lr')[0] = learningRate;
  const count = plan.instructions.length;
  const run = () => {
    for (const { view, numbers } of feeds) view.set(numbers);
    bound.run(0, count);
  };
  return { bound, run };
}

/**
 * @param {{ off?: string, tile?: string, fma?: string, threads?: string }} options as they stand in an address
 * @returns {Promise<import('../lib/host.mjs').Subject>}
 */
export async function createSubject(each, { off, tile, fma, threads: count }) {
  const [rows, columns] = (tile ?? '').split('x').map(Number);
  const threads = count ? createThreads({ count: Number(count), adaptive: false }) : null;
  const { bound, run } = openCase(each, {
    threads,
    off: off?.split(' ') ?? [],
    ...(tile ? { tile: { rows, columns } } : {}),
    ...(fma ? { fma: fma === '1' } : {}),
  });
  await threads?.whenReady();
  const places = { y: `${each.net.output}.y`, loss: 'loss.y' };
  for (const id of Object.keys(each.net.inputs)) places[`grad(${id})`] = `grad(${id}.y)`;
  return { run, read: (name) => bound.read(places[name] ?? name) };
}

export const version = 'this';

/** The same graph opened again and again, as after edits that change no shape, with what each part costs. */
export function createEditor(each, purpose) {
  const library = createKernelLibrary();
  const graph = graphOf(each);
  const editor = {
    plan: null,
    edit() {
      const start = performance.now();
      const options =
        purpose === 'debug'
          ? { mode: 'train', retain: 'all', gradients: 'all' }
          : purpose === 'training'
            ? { mode: 'train', retain: [], gradients: 'training' }
            : compileOptions(each, library);
      const { plan, diagnostics } = compile(graph, registry, { ...options, workspaceBytes: library.workspaceBytes });
      if (!plan) throw new Error(JSON.stringify(diagnostics));
      const compiled = performance.now();
      const workspace = createWorkspace([plan], { library });
      const bound = performance.now();
      workspace.initialize(1);
      for (const name of plan.feeds) fill(workspace.plans[0].read(name), each.classes);
      const filled = performance.now();
      // The first values are those of the forward phase.
      const last = plan.steps.findLast(({ phase }) => phase === 'forward');
      workspace.plans[0].run(0, last.to);
      const end = performance.now();
      editor.plan = plan;
      return {
        total: end - start,
        compile: compiled - start,
        bind: bound - compiled,
        fill: filled - bound,
        run: end - filled,
      };
    },
  };
  return editor;
}
