// What a person is told: the code, the place, the numbers and the way out, for every kind of mistake; and that one mistake
// does not hide what is right elsewhere.
import { describe, expect, test } from 'vitest';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { Diagnostic } from '../../../src/tensor/diagnostic.ts';
import { compileGraph, fileOf, type GraphSketch, graphOf } from '../../support/graphs.ts';

const image = ['input', {}, { shape: ['N', 1, 8, 8] }] as const;
const labels = ['input', {}, { shape: ['N'], dtype: 'int32' }] as const;

function faults(sketch: GraphSketch): readonly Diagnostic[] {
  const { diagnostics, plan } = compileGraph(graphOf(sketch));
  const errors = diagnostics.filter((d) => d.severity === 'error');
  expect(plan === null).toBe(errors.length > 0);
  return errors;
}

test('channels: the numbers, where they come from, and a fix that drops the wrong assertion', () => {
  const [fault, ...more] = faults({
    nodes: { image, conv2: ['conv2d', { x: 'image.y' }, { in_channels: 3, out_channels: 4, kernel_size: 3 }] },
  });
  expect(more).toEqual([]);
  expect(fault?.at).toMatchObject({ path: 'conv2' });
  expect(fault?.message).toMatch(/expects 3 channels, gets 1 from `image`/);
  expect(fault?.fixes).toContainEqual(expect.objectContaining({ kind: 'unset_attribute', attribute: 'in_channels' }));
});

test('rank-4 values into linear or a loss: insert flatten', () => {
  const sketch = (op: string): GraphSketch => ({
    nodes: { image, head: [op, { x: 'image.y' }, op === 'linear' ? { in_features: 64, out_features: 3 } : {}] },
  });
  for (const op of ['linear', 'cross_entropy']) {
    const [fault] = faults(sketch(op));
    expect(fault?.at, op).toMatchObject({ path: 'head', port: 'x' });
    expect(fault?.fixes, op).toContainEqual(expect.objectContaining({ kind: 'insert', op: 'flatten', port: 'x' }));
  }
});

test('dtypes, ranks and missing wires are said at the port', () => {
  expect(faults({ nodes: { labels, y: ['relu', { x: 'labels.y' }] } })).toMatchObject([
    { code: 'E_DTYPE', at: { path: 'y', port: 'x' }, message: 'expects float32, gets int32 from `labels`' },
  ]);
  expect(
    faults({ nodes: { image, y: ['embedding', { x: 'image.y' }, { num_embeddings: 3, embedding_dim: 2 }] } }),
  ).toMatchObject([{ code: 'E_DTYPE', at: { path: 'y', port: 'x' } }]);
  expect(
    faults({
      nodes: {
        x: ['input', {}, { shape: ['N', 3] }],
        y: ['conv2d', { x: 'x.y' }, { out_channels: 2, kernel_size: 1 }],
      },
    }),
  ).toMatchObject([{ code: 'E_RANK', at: { path: 'y', port: 'x' }, message: expect.stringContaining('gets 2') }]);
  expect(faults({ nodes: { image, sum: ['add', { a: 'image.y' }] } })).toMatchObject([
    { code: 'E_UNWIRED', at: { path: 'sum', port: 'b' } },
  ]);
  expect(faults({ nodes: { image, join: ['concat', { x0: 'image.y' }] } })).toMatchObject([
    { code: 'E_UNWIRED', at: { path: 'join', port: 'x1' } },
  ]);
});

test('one mistake is one message, and shapes elsewhere stay known', () => {
  const { diagnostics, network } = compileGraph(
    graphOf({
      nodes: {
        image,
        wrong: ['conv2d', { x: 'image.y' }, { in_channels: 2, out_channels: 4, kernel_size: 3 }],
        after: ['relu', { x: 'wrong.y' }],
        fine: ['max_pool2d', { x: 'image.y' }, { kernel_size: 2 }],
        both: ['add', { a: 'after.y', b: 'fine.y' }],
      },
    }),
    { batch: 4 },
  );
  expect(diagnostics.filter((d) => d.severity === 'error').map((d) => d.at.path)).toEqual(['wrong']);
  expect(network.values.get('fine.y')?.shape).toEqual([4, 1, 4, 4]);
  expect(network.values.has('both.y')).toBe(false);
});

test('attributes that do not fit are said at the attribute', () => {
  const graph = graphOf({ nodes: { image, conv: ['conv2d', { x: 'image.y' }, { out_channels: 1, kernel_size: 3 }] } });
  const attributes = { out_channels: -1, kernel_size: 3 };
  const nodes = graph.nodes.map((node) => (node.id === 'conv' ? { ...node, attributes } : node));
  expect(compileGraph({ ...graph, nodes }).diagnostics).toMatchObject([
    { code: 'E_ATTRIBUTE', at: { path: 'conv', attribute: 'out_channels' } },
  ]);
});

test('a wired parameter must fit', () => {
  const nodes = (shape: readonly number[]): GraphSketch['nodes'] => ({
    x: ['input', {}, { shape: ['N', 3] }],
    w: ['parameter', {}, { shape }],
    fc: ['linear', { x: 'x.y', weight: 'w.y' }, { out_features: 2 }],
  });
  expect(faults({ nodes: nodes([2, 3]) })).toEqual([]);
  expect(faults({ nodes: nodes([3, 2]) })).toMatchObject([
    { code: 'E_PARAMETER_SHAPE', at: { path: 'fc', port: 'weight' }, message: 'expects 2×3, gets 3×2 from `w`' },
  ]);
});

test('absurd sizes are refused before anything is allocated', () => {
  expect(
    faults({ nodes: { x: ['input', {}, { shape: [100_000, 100_000] }], y: ['relu', { x: 'x.y' }] } }),
  ).toMatchObject([{ code: 'E_SIZE', at: { path: 'x', port: 'y' } }]);
});

describe('what the reader lets through and the compiler must not', () => {
  const compileRaw = (sketch: GraphSketch) => {
    const { graph, diagnostics } = readGraph(fileOf(sketch));
    if (!graph) throw new Error('unreadable');
    const compiled = compileGraph(graph);
    return [...diagnostics, ...compiled.diagnostics].filter((d) => d.severity === 'error').map((d) => d.code);
  };

  test('cycles', () => {
    const codes = compileRaw({
      nodes: {
        image,
        a: ['add', { a: 'image.y', b: 'b.y' }],
        b: ['relu', { x: 'a.y' }],
        free: ['relu', { x: 'image.y' }],
      },
    });
    expect(codes).toContain('E_CYCLE');
  });

  test('unknown operators', () => {
    expect(compileRaw({ nodes: { image, a: ['frobnicate', { x: 'image.y' }] } }).length).toBeGreaterThan(0);
  });

  test('a graph put together without the reader', () => {
    const graph = graphOf({ nodes: { image, a: ['relu', { x: 'image.y' }], b: ['relu', { x: 'a.y' }] } });
    const odd = {
      ...graph,
      nodes: graph.nodes.map((node) => (node.id === 'b' ? { ...node, op: 'constructor' } : node)),
      edges: [...graph.edges, { from: 'a.y', to: 'a.q' }],
    };
    const found = compileGraph(odd).diagnostics.map((d) => [d.code, d.at.path]);
    expect(found).toContainEqual(['E_OPERATOR', 'b']);
    expect(found).toContainEqual(['E_CYCLE', 'a']);
    const block = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, op: 'block', block: '__proto__' })) };
    expect(compileGraph(block).diagnostics.map((d) => d.code)).toContain('E_BLOCK');
  });

  test('a block that contains itself', () => {
    const graph = graphOf({
      nodes: { image, a: ['block', { x: 'image.y' }, {}, { block: 'b' }] },
      blocks: { b: { inputs: [{ name: 'x' }], nodes: { r: ['relu', { x: 'in.x' }] }, outputs: { y: 'r.y' } } },
    });
    const own = graph.blocks['b'] as (typeof graph.blocks)[string];
    const inner = { id: 'again', op: 'block', block: 'b', attributes: {}, parameters: {} };
    const endless = { ...graph, blocks: { b: { ...own, nodes: [...own.nodes, inner] } } };
    expect(compileGraph(endless).diagnostics.map((d) => d.code)).toContain('E_BLOCK_DEPTH');
  });
});

describe('losses and metrics', () => {
  const scores = { x: ['input', {}, { shape: ['N', 3] }], fc: ['linear', { x: 'x.y' }, { out_features: 4 }] } as const;

  test('a target that stays unwired is a feed of its own', () => {
    const { plan, network } = compileGraph(graphOf({ nodes: { ...scores, loss: ['cross_entropy', { x: 'fc.y' }] } }), {
      batch: 2,
    });
    expect(plan?.feeds).toEqual(expect.arrayContaining(['x.y', 'loss.target']));
    expect(network.values.get('loss.target')).toEqual({ dtype: 'int32', shape: [2] });
    expect(plan?.loss).toBe('loss.y');
  });

  test('the loss that training names must exist; two must be told apart', () => {
    const two = { ...scores, a: ['cross_entropy', { x: 'fc.y' }], b: ['mse_loss', { x: 'fc.y' }] } as const;
    expect(faults({ nodes: two })).toMatchObject([{ code: 'E_LOSS', at: { json: '/training/loss' } }]);
    expect(faults({ nodes: two, training: { loss: 'a' } })).toEqual([]);
    const graph = graphOf({ nodes: scores });
    const wrong = { ...graph, training: { ...graph.training, loss: 'nothing.y' } };
    expect(compileGraph(wrong).diagnostics).toMatchObject([{ code: 'E_LOSS', at: { json: '/training/loss' } }]);
  });

  test('chosen seeds need no loss, and do not mind several', () => {
    const two = { ...scores, a: ['cross_entropy', { x: 'fc.y' }], b: ['mse_loss', { x: 'fc.y' }] } as const;
    const { diagnostics, plan } = compileGraph(graphOf({ nodes: two }), {
      retain: ['grad(x.y)'],
      gradients: { seeds: [{ value: 'fc.y', from: 'ones' }], towards: ['x.y'] },
    });
    expect(diagnostics).toEqual([]);
    expect(plan?.names['grad(x.y)']).toBeDefined();
  });

  test('a loss that is no single number', () => {
    expect(faults({ nodes: { ...scores, loss: ['mse_loss', { x: 'fc.y' }, { reduction: 'none' }] } })).toMatchObject([
      { code: 'E_LOSS_SHAPE', at: { path: 'loss' } },
    ]);
  });

  test('accuracy compares the largest score with the label', () => {
    const graph = graphOf({
      nodes: { x: ['input', {}, { shape: ['N', 3] }], loss: ['cross_entropy', { x: 'x.y' }] },
      training: { metrics: [{ kind: 'accuracy', scores: 'x.y', target: 'loss.target' }], batch: 4 },
    });
    const { plan } = compileGraph(graph);
    expect(plan?.metrics).toEqual([{ kind: 'accuracy', name: 'metric.accuracy' }]);
    const wrong = {
      ...graph,
      training: { ...graph.training, metrics: [{ kind: 'accuracy' as const, scores: 'x.y', target: 'x.y' }] },
    };
    expect(compileGraph(wrong).diagnostics).toMatchObject([{ code: 'E_METRIC', at: { json: '/training/metrics/0' } }]);
  });

  test('values that do not exist cannot be kept', () => {
    const { diagnostics } = compileGraph(graphOf({ nodes: scores }), {
      retain: ['fc.z', 'grad(fc.y)'],
      gradients: 'none',
    });
    expect(diagnostics.map((d) => [d.code, d.message])).toEqual([
      ['E_VALUE', 'there is no value `fc.z`'],
      ['E_VALUE', 'there is no value `grad(fc.y)`'],
    ]);
  });

  test('an optimiser nobody knows, or with an option it has not', () => {
    const nodes = { ...scores, loss: ['cross_entropy', { x: 'fc.y' }] } as const;
    for (const optimizer of [{ kind: 'adagrad2' }, { kind: 'toString' }, { kind: 'sgd', momentums: 1 }]) {
      const graph = graphOf({ nodes });
      const odd = { ...graph, training: { ...graph.training, optimizer } };
      expect(compileGraph(odd).diagnostics).toMatchObject([{ code: 'E_OPTIMIZER' }]);
    }
  });
});
