// Blocks and recurrences: who owns which parameter, what is shared over time, what arrives where, under which names.
import { describe, expect, test } from 'vitest';
import type { Compilation } from '../../../src/compiler/compile.ts';
import {
  bind,
  compileGraph,
  type GraphSketch,
  graphOf,
  planOf,
  relativeError,
  run,
  runOnce,
} from '../../support/graphs.ts';

function parametersOf({ plan }: Compilation): string[] {
  return (plan?.values ?? []).filter((value) => value.kind === 'parameter').map((value) => value.name);
}

const errorsOf = ({ diagnostics }: Compilation) =>
  diagnostics
    .filter((d) => d.severity === 'error')
    .map((d) => [d.code, d.at.path ?? d.at.json, d.at.port ?? d.at.attribute ?? '']);

const residual: NonNullable<GraphSketch['blocks']> = {
  residual: {
    inputs: [{ name: 'x' }],
    arguments: { width: 3 },
    nodes: {
      fc: ['linear', { x: 'in.x' }, { out_features: { arg: 'width' } }],
      sum: ['add', { a: 'fc.y', b: 'in.x' }],
    },
    outputs: { y: 'sum.y' },
  },
};

describe('blocks', () => {
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: ['N', 3] }],
      one: ['block', { x: 'x.y' }, {}, { block: 'residual' }],
      two: ['block', { x: 'one.y' }, {}, { block: 'residual', arguments: { width: 3 } }],
      loss: ['mse_loss', { x: 'two.y' }],
    },
    blocks: residual,
    training: { loss: 'loss.y', batch: 2 },
  });

  test('each use owns its parameters, with numbers of its own', () => {
    expect(parametersOf(compileGraph(graph))).toEqual(['one/fc.weight', 'one/fc.bias', 'two/fc.weight', 'two/fc.bias']);
    const read = runOnce(planOf(graph));
    expect(read('one/fc.weight')).not.toEqual(read('two/fc.weight'));
  });

  test('inner values and the block’s own ports answer to their names', () => {
    const { bound } = bind(planOf(graph), { 'x.y': [1, 2, 3, 4, 5, 6] });
    run(bound);
    expect([...bound.read('one.y')]).toEqual([...bound.read('one/sum.y')]);
    expect([...bound.read('two/fc.x')]).toEqual([...bound.read('one.y')]);
    expect([...bound.read('grad(one.y)')]).toEqual([...bound.read('grad(one/sum.y)')]);
  });

  test('blocks within blocks, arguments handed on', () => {
    const nested = graphOf({
      nodes: {
        x: ['input', {}, { shape: ['N', 4] }],
        outer: ['block', { x: 'x.y' }, {}, { block: 'pair', arguments: { size: 4 } }],
      },
      blocks: {
        ...residual,
        pair: {
          inputs: [{ name: 'x' }],
          arguments: { size: 2 },
          nodes: {
            a: ['block', { x: 'in.x' }, {}, { block: 'residual', arguments: { width: { arg: 'size' } } }],
            b: ['block', { x: 'a.y' }, {}, { block: 'residual', arguments: { width: { arg: 'size' } } }],
          },
          outputs: { y: 'b.y' },
        },
      },
    });
    const compilation = compileGraph(nested);
    expect(parametersOf(compilation)).toEqual([
      'outer/a/fc.weight',
      'outer/a/fc.bias',
      'outer/b/fc.weight',
      'outer/b/fc.bias',
    ]);
    expect(compilation.network.values.get('outer/b/fc.weight')?.shape).toEqual([4, 4]);
  });

  test('a block that stays unwired says so inside', () => {
    const open = compileGraph(graphOf({ nodes: { one: ['block', {}, {}, { block: 'residual' }] }, blocks: residual }));
    expect(errorsOf(open)).toEqual([
      ['E_UNWIRED', 'one/fc', 'x'],
      ['E_UNWIRED', 'one/sum', 'b'],
    ]);
    expect(open.plan).toBeNull();
  });
});

/** h ← x·Wᵀ + b + h over three steps. */
function recurrence(node: GraphSketch['nodes'][string], more: GraphSketch['nodes'] = {}): GraphSketch {
  return {
    nodes: { x: ['input', {}, { shape: [3, 'N', 2] }], ...more, rnn: node, loss: ['mse_loss', { x: 'rnn.y' }] },
    blocks: {
      cell: {
        inputs: [{ name: 'x' }, { name: 'h', shape: ['N', 4] }],
        nodes: {
          cell: ['linear', { x: 'in.x' }, { out_features: 4 }],
          sum: ['add', { a: 'cell.y', b: 'in.h' }],
        },
        outputs: { h: 'sum.y' },
      },
    },
    training: { loss: 'loss.y', batch: 2 },
  };
}

const steps = { steps: 3, scan: ['x'], carry: { h: 'h' }, stack: { y: 'h' }, last: { end: 'h' } };

describe('recurrences', () => {
  const graph = graphOf(recurrence(['recurrence', { x: 'x.y' }, steps, { block: 'cell' }]));
  const x = Array.from({ length: 12 }, (_, i) => (i % 5) - 1.5);

  test('parameters are shared over time; states and values have a name each step', () => {
    expect(parametersOf(compileGraph(graph))).toEqual(['rnn/cell.weight', 'rnn/cell.bias']);
    const { bound } = bind(planOf(graph), { 'x.y': x });
    run(bound);
    const stacked = [...bound.read('rnn.y')];
    for (const t of [0, 1, 2]) {
      expect([...bound.read(`rnn[${t}].h`)]).toEqual(stacked.slice(8 * t, 8 * t + 8));
      expect([...bound.read(`rnn[${t}]/cell.x`)]).toEqual(x.slice(4 * t, 4 * t + 4));
      expect([...bound.read(`rnn[${t}]/cell.weight`)]).toEqual([...bound.read('rnn/cell.weight')]);
    }
    expect([...bound.read('rnn.end')]).toEqual(stacked.slice(16));
  });

  test('the gradient of a shared parameter is the sum of its steps’ shares', () => {
    const { bound } = bind(planOf(graph), { 'x.y': x });
    run(bound);
    for (const name of ['weight', 'bias']) {
      const shares = [0, 1, 2].map((t) => bound.read(`grad(rnn[${t}]/cell.${name})`));
      const sum = [...(shares[0] ?? [])].map((_, i) =>
        shares.reduce((total, share) => total + (share[i] as number), 0),
      );
      expect(relativeError(bound.read(`grad(rnn/cell.${name})`), sum)).toBeLessThan(1e-6);
      expect(Math.max(...sum.map(Math.abs))).toBeGreaterThan(1e-3);
    }
  });

  test('an unwired carry starts as zeros of its declared shape, a wired one as given', () => {
    const { bound } = bind(planOf(graph), { 'x.y': x });
    run(bound);
    expect([...bound.read('rnn[0]/in.h')]).toEqual(new Array(8).fill(0));
    const wired = graphOf(
      recurrence(['recurrence', { x: 'x.y', h: 'start.y' }, steps, { block: 'cell' }], {
        start: ['input', {}, { shape: ['N', 4] }],
      }),
    );
    const other = bind(planOf(wired), { 'x.y': x, 'start.y': new Array(8).fill(10) }).bound;
    run(other);
    expect(
      relativeError(
        other.read('rnn.y'),
        [...bound.read('rnn.y')].map((h) => h + 10),
      ),
    ).toBeLessThan(1e-6);
  });

  test('a single step behaves as many do', () => {
    const one = graphOf({
      ...recurrence(['recurrence', { x: 'x.y' }, { ...steps, steps: 1 }, { block: 'cell' }]),
      nodes: {
        x: ['input', {}, { shape: [1, 'N', 2] }],
        rnn: ['recurrence', { x: 'x.y' }, { ...steps, steps: 1 }, { block: 'cell' }],
        loss: ['mse_loss', { x: 'rnn.y' }],
      },
    });
    const { bound } = bind(planOf(one), { 'x.y': [1, 2, 3, 4] });
    run(bound);
    expect([...bound.read('grad(rnn[0]/cell.weight)')]).toEqual([...bound.read('grad(rnn/cell.weight)')]);
  });

  test('what is wrong is said at the recurrence', () => {
    const shapeless = recurrence(['recurrence', { x: 'x.y' }, steps, { block: 'cell' }]);
    const cell = shapeless.blocks?.['cell'] as NonNullable<GraphSketch['blocks']>[string];
    const bare = { ...shapeless, blocks: { cell: { ...cell, inputs: [{ name: 'x' }, { name: 'h' }] } } };
    expect(errorsOf(compileGraph(graphOf(bare)))).toContainEqual(['E_CARRY_SHAPE', 'rnn', 'h']);
    const long = recurrence(['recurrence', { x: 'x.y' }, { ...steps, steps: 4 }, { block: 'cell' }]);
    const { diagnostics } = compileGraph(graphOf(long));
    const fault = diagnostics.find((d) => d.code === 'E_STEPS');
    expect(fault?.at).toMatchObject({ path: 'rnn', port: 'x' });
    expect(fault?.fixes).toEqual([{ kind: 'set_attribute', title: 'Run 3 steps', attribute: 'steps', value: 3 }]);
  });

  test('running statistics inside a recurrence move once a time step', () => {
    const sketch: GraphSketch = {
      nodes: {
        x: ['input', {}, { shape: [2, 'N', 3] }],
        rnn: [
          'recurrence',
          { x: 'x.y' },
          { steps: 2, scan: ['x'], carry: {}, stack: { y: 'y' }, last: {} },
          { block: 'norm' },
        ],
        loss: ['mse_loss', { x: 'rnn.y' }],
      },
      blocks: {
        norm: { inputs: [{ name: 'x' }], nodes: { bn: ['batch_norm', { x: 'in.x' }] }, outputs: { y: 'bn.y' } },
      },
      training: { loss: 'loss.y', batch: 4 },
    };
    const data = Array.from({ length: 24 }, (_, i) => Math.sin(i * 1.3) * 2 + i / 10);
    const read = runOnce(planOf(graphOf(sketch)), { 'x.y': data });
    const mean = (t: number, c: number) =>
      [0, 1, 2, 3].reduce((sum, n) => sum + (data[t * 12 + n * 3 + c] as number), 0) / 4;
    const expected = [0, 1, 2].map((c) => 0.9 * (0.9 * 0 + 0.1 * mean(0, c)) + 0.1 * mean(1, c));
    expect(relativeError(read('rnn/bn.running_mean'), expected)).toBeLessThan(1e-5);
  });
});

describe('symbolic dimensions', () => {
  const graph = graphOf({ nodes: { x: ['input', {}, { shape: ['N', 'C'] }], y: ['relu', { x: 'x.y' }] } });

  test('N is the batch; others are given or refused', () => {
    const { plan } = compileGraph(graph, { batch: 3, dims: { C: 5 } });
    expect(plan?.values.find((value) => value.name === 'x.y')?.shape).toEqual([3, 5]);
    expect(errorsOf(compileGraph(graph))).toEqual([['E_DIMENSION', 'x', 'shape']]);
  });

  test('names of Object.prototype are no sizes', () => {
    const hostile = graphOf({ nodes: { x: ['input', {}, { shape: ['N', 'toString'] }], y: ['relu', { x: 'x.y' }] } });
    expect(errorsOf(compileGraph(hostile))).toEqual([['E_DIMENSION', 'x', 'shape']]);
  });
});

describe('expanded cells', () => {
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: [3, 'N', 2] }],
      rnn: ['recurrence', { x: 'x.y' }, { ...steps, carry: { h: 'h', c: 'c' } }, { block: 'cell' }],
      loss: ['mse_loss', { x: 'rnn.y' }],
    },
    blocks: {
      cell: {
        inputs: [{ name: 'x' }, { name: 'h', shape: ['N', 4] }, { name: 'c', shape: ['N', 4] }],
        nodes: { lstm: ['lstm_cell', { x: 'in.x', h: 'in.h', c: 'in.c' }, { hidden_size: 4 }] },
        outputs: { h: 'lstm.h', c: 'lstm.c' },
      },
    },
    training: { loss: 'loss.y', batch: 2 },
  });
  const x = Array.from({ length: 12 }, (_, i) => Math.cos(i));

  test('gates are values of their own and everything else stays equal', () => {
    const closed = bind(planOf(graph), { 'x.y': x }).bound;
    const open = bind(planOf(graph, { expand: ['rnn/lstm'] }), { 'x.y': x }).bound;
    run(closed);
    run(open);
    const shared = Object.keys(closed.plan.names).filter(
      (name) => !name.includes(':') && open.find(name) !== undefined,
    );
    expect(shared).toEqual(
      expect.arrayContaining(['rnn.y', 'loss.y', 'grad(rnn/lstm.weight_ih)', 'next(rnn/lstm.bias_hh)', 'grad(x.y)']),
    );
    // Closed, h and c leave side by side; open, h is made from c, whose gradient then holds h's part too.
    const different = shared.filter((name) => relativeError(open.read(name), closed.read(name)) > 1e-5);
    const cells = ['grad(rnn[0].c)', 'grad(rnn[1].c)', 'grad(rnn[1]/lstm.c)', 'grad(rnn[0]/lstm.c)'];
    expect(different.sort()).toEqual(cells.sort());
    const [f, i, g, o] = ['f', 'i', 'g', 'o'].map((gate) => open.read(`rnn[2]/lstm/${gate}.y`));
    const before = open.read('rnn[1].c');
    const cell = [...before].map((c, k) => (f?.[k] as number) * c + (i?.[k] as number) * (g?.[k] as number));
    expect(relativeError(open.read('rnn[2].c'), cell)).toBeLessThan(1e-5);
    expect(
      relativeError(
        open.read('rnn[2].h'),
        cell.map((c, k) => (o?.[k] as number) * Math.tanh(c)),
      ),
    ).toBeLessThan(1e-5);
  });

  test('what stands inside of an opened node opens in turn', () => {
    const once = bind(planOf(graph, { expand: ['rnn/lstm'] }), { 'x.y': x }).bound;
    const twice = bind(planOf(graph, { expand: ['rnn/lstm', 'rnn/lstm/from_x'] }), { 'x.y': x }).bound;
    run(once);
    run(twice);
    const inside = Object.keys(twice.plan.names).filter((name) => name.startsWith('rnn[2]/lstm/from_x/'));
    expect(inside.length).toBeGreaterThan(1);
    expect(twice.plan.steps.some(({ node }) => node.startsWith('rnn[2]/lstm/from_x/'))).toBe(true);
    const shared = Object.keys(once.plan.names).filter((name) => !name.includes(':') && twice.find(name) !== undefined);
    expect(shared).toEqual(
      expect.arrayContaining([
        'rnn[2]/lstm/from_x.y',
        'grad(rnn/lstm.weight_ih)',
        'next(rnn/lstm.bias_ih)',
        'grad(x.y)',
      ]),
    );
    for (const name of shared) expect(relativeError(twice.read(name), once.read(name)), name).toBeLessThan(1e-5);
  });
});
