// The factors of an account multiply to the measured ratio, on random networks; causes by hand.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradientAccount } from '../../../../src/debugger/explain/gradient-account.ts';
import { runExplained } from '../../../support/explained-plan.ts';
import { compileGraph, type GraphSketch, graphOf } from '../../../support/graphs.ts';
import { graphFromMoves } from '../../../support/random-graph.ts';

const move = fc.record({ kind: fc.nat(40), from: fc.nat(6), other: fc.nat(9), size: fc.nat(9) });

function norm(numbers: ArrayLike<number>): number {
  return Math.sqrt(Array.from(numbers).reduce((sum, x) => sum + x * x, 0));
}

test('the factors multiply to ‖gradient‖ / ‖gradient at the start‖', () => {
  let [accounts, meetings] = [0, 0];
  fc.assert(
    fc.property(fc.array(move, { minLength: 3, maxLength: 12 }), move, (moves, setup) => {
      const { graph } = graphFromMoves(moves, setup);
      const { source, numbers } = runExplained(compileGraph(graph, { update: false }));
      for (const name of Object.keys(source.plan.names)) {
        const [, of] = /^grad\(([^()]*)\)$/.exec(name) ?? [];
        if (of === undefined || source.find(of) === undefined) continue;
        const account = gradientAccount(source, numbers, name);
        if (!account) continue;
        const own = norm(numbers.read(source.find(name) as number));
        const start = norm(numbers.read(source.find(account.start) as number));
        expect(Math.abs(account.norm - own)).toBeLessThanOrEqual(1e-12 * own);
        accounts++;
        meetings += account.factors.filter(({ kind }) => kind === 'meeting').length;
        if (own === 0) {
          expect(account.verdict).toBe('zero');
          if (account.factors.length > 0 && start > 0)
            expect(account.factors.some(({ factor }) => factor === 0)).toBe(true);
          continue;
        }
        expect(Math.abs(account.ratio * start - own)).toBeLessThanOrEqual(1e-12 * own);
        const product = account.factors.reduce((all, { factor }) => all * (factor ?? Number.NaN), 1);
        expect(Math.abs(product / (own / start) - 1)).toBeLessThan(1e-9);
        // One way without a gap: what comes out of a factor goes into the next.
        account.factors.slice(1).forEach((factor, i) => {
          expect(Math.abs(factor.fromNorm / (account.factors[i]?.toNorm ?? 0) - 1)).toBeLessThan(1e-12);
        });
        for (const { cause } of account.factors) expect(cause.text).not.toMatch(/undefined|NaN/);
      }
    }),
    { numRuns: 60, seed: 3 },
  );
  expect(accounts).toBeGreaterThan(300);
  expect(meetings).toBeGreaterThan(10);
});

describe('causes', () => {
  const ask = (sketch: GraphSketch, name: string, feeds: Readonly<Record<string, readonly number[]>>) => {
    const explained = runExplained(compileGraph(graphOf(sketch), { update: false }), new Map(Object.entries(feeds)));
    return gradientAccount(explained.source, explained.numbers, name);
  };
  const net = (op: string): GraphSketch => ({
    nodes: {
      x: ['input', {}, { shape: [4] }],
      bend: [op, { x: 'x.y' }],
      loss: ['sum', { x: 'bend.y' }],
    },
    training: { loss: 'loss.y' },
  });

  test('units that are off are counted', () => {
    const account = ask(net('relu'), 'grad(x.y)', { 'x.y': [-1, -2, -3, 4] });
    expect(account?.ratio).toBe(1);
    const relu = account?.factors.find(({ node }) => node === 'bend');
    expect(relu?.factor).toBeCloseTo(0.5, 12);
    expect(relu?.cause).toEqual({ kind: 'dead', text: '75 % of what arrives falls on units that are off' });
  });

  test('saturation is told from its slopes', () => {
    const account = ask(net('sigmoid'), 'grad(x.y)', { 'x.y': [20, -20, 18, -18] });
    const sigmoid = account?.factors.find(({ node }) => node === 'bend');
    expect(sigmoid?.cause.kind).toBe('saturated');
    expect(sigmoid?.cause.text).toContain('100 % of the elements');
    expect(account?.verdict).toBe('vanishing');
  });

  test('a mean shares out, and all dead is zero', () => {
    const mean = ask(
      { nodes: { x: ['input', {}, { shape: [4] }], loss: ['mean', { x: 'x.y' }] }, training: { loss: 'loss.y' } },
      'grad(x.y)',
      { 'x.y': [1, 2, 3, 4] },
    );
    expect(mean?.factors[0]?.cause).toEqual({
      kind: 'averaging',
      text: 'each result is shared out over 4 elements: they get 0.25 of it',
    });
    const dead = ask(net('relu'), 'grad(x.y)', { 'x.y': [-1, -2, -3, -4] });
    expect(dead).toMatchObject({ verdict: 'zero', norm: 0, ratio: 0 });
  });

  const batch = 8;
  const told = (
    sketch: GraphSketch,
    name: string,
    node: string,
    feeds: Readonly<Record<string, readonly number[]>> = {},
  ) => {
    const set = new Map(Object.entries(feeds));
    const explained = runExplained(compileGraph(graphOf(sketch), { update: false, batch }), set);
    const account = gradientAccount(explained.source, explained.numbers, name);
    return account?.factors.find((factor) => factor.node === node && factor.kind === 'node');
  };
  const some = (count: number) => Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 5 - 1);

  test('a leaky rectifier is slow, not off', () => {
    const leaky = ask(net('leaky_relu'), 'grad(x.y)', { 'x.y': [-1, -2, -3, 4] });
    const { cause } = leaky?.factors.find(({ node }) => node === 'bend') ?? {};
    expect(cause).toEqual({ kind: 'slope', text: 'mean slope 0.258; 75 % of it below 0.05' });
  });

  test('units are the last dimension of a sequence; one that nothing arrives at is not called off', () => {
    const sketch: GraphSketch = {
      nodes: {
        x: ['input', {}, { shape: [2, 3, 4] }],
        bend: ['relu', { x: 'x.y' }],
        part: ['slice', { x: 'bend.y' }, { dims: [2], starts: [0], ends: [3] }],
        loss: ['sum', { x: 'part.y' }],
      },
      training: { loss: 'loss.y' },
    };
    // The first of four units is off, the last passes nothing to the loss.
    const x = Array.from({ length: 24 }, (_, i) => (i % 4 === 0 ? -1 : 1));
    expect(told(sketch, 'grad(x.y)', 'bend', { 'x.y': x })?.cause.text).toBe(
      '33 % of what arrives falls on units that are off; 1 of 4 units are off for every example',
    );
  });

  test('a loss tells what its mean divides by, and a sum does not', () => {
    const loss = (op: string, attributes = {}, more = {}): GraphSketch => ({
      nodes: {
        x: ['input', {}, { shape: ['N', 4] }],
        fc: ['linear', { x: 'x.y' }, { out_features: 4 }],
        loss: [op, { x: 'fc.y' }, attributes],
        ...more,
      },
      training: { loss: 'loss.y' },
    });
    const x = { 'x.y': some(4 * batch) };
    const cause = (op: string, attributes = {}, feeds: Readonly<Record<string, readonly number[]>> = {}) =>
      told(loss(op, attributes), 'grad(fc.y)', 'loss', { ...x, ...feeds })?.cause;
    for (const op of ['cross_entropy', 'multiclass_hinge', 'nll_loss']) {
      expect(cause(op)?.text, op).toMatch(/^a mean over 8 results: each counts 1\/8; /);
      expect(cause(op, { reduction: 'sum' })?.kind, op).toBe('slope');
    }
    for (const op of ['mse_loss', 'l1_loss', 'huber_loss', 'binary_cross_entropy_with_logits'])
      expect(cause(op)?.text, op).toMatch(/^a mean over 32 results: each counts 1\/32; /);
    expect(cause('kl_div', {}, { 'loss.target': some(32).map(Math.abs) })?.text).toMatch(/^a mean over 8 results/);
    // Of eight labels three are the ignored one.
    const target = { 'loss.target': [0, 1, 2, 3, 3, 3, 0, 1] };
    expect(cause('cross_entropy', { ignore_index: 3 }, target)?.text).toMatch(/^a mean over 5 results/);
    expect(cause('cross_entropy', {}, { 'loss.target': target['loss.target'] })?.kind).toBe('averaging');
  });

  test('parts and copies are no mere moves: stacked, taken apart, spread', () => {
    const shape = { shape: [3] };
    const stacked: GraphSketch = {
      nodes: {
        a: ['input', {}, shape],
        b: ['input', {}, shape],
        both: ['stack', { x0: 'a.y', x1: 'b.y' }, { dim: 0 }],
        loss: ['sum_square', { x: 'both.y' }],
      },
      training: { loss: 'loss.y' },
    };
    const part = told(stacked, 'grad(a.y)', 'both', { 'a.y': [3, 0, 0], 'b.y': [0, 4, 0] });
    expect(part?.factor).toBeCloseTo(0.6, 6);
    expect(part?.cause).toEqual({
      kind: 'branch',
      text: 'one part of what arrives: 60 % of its norm belongs to this input',
    });
    const apart: GraphSketch = {
      nodes: {
        x: ['input', {}, { shape: [2, 2] }],
        rows: ['unbind', { x: 'x.y' }, { dim: 0 }],
        s: ['mul', { a: 'rows.y0', b: 'rows.y1' }],
        loss: ['sum', { x: 's.y' }],
      },
      training: { loss: 'loss.y' },
    };
    const joined = told(apart, 'grad(x.y)', 'rows', { 'x.y': [3, 0, 4, 0] });
    expect(joined?.factor).toBeCloseTo(1.25, 6);
    expect(joined?.cause.kind).toBe('branch');
    expect(joined?.cause.text).toContain('2 gradients come together');
  });

  test('nothing arrives below a dead layer; NaN is told where it begins', () => {
    const below = (op: string): GraphSketch => ({
      nodes: {
        x: ['input', {}, { shape: [4] }],
        first: ['tanh', { x: 'x.y' }],
        bend: [op, { x: 'first.y' }],
        loss: ['sum', { x: 'bend.y' }],
      },
      training: { loss: 'loss.y' },
    });
    expect(told(below('relu'), 'grad(x.y)', 'first', { 'x.y': [-1, -2, -3, -4] })?.cause).toEqual({
      kind: 'nothing',
      text: 'nothing arrives',
    });
    const broken = ask(below('sqrt'), 'grad(x.y)', { 'x.y': [-1, 2, 3, 4] });
    expect(broken?.verdict).toBe('broken');
    expect(broken?.factors.map(({ node, cause }) => [node, cause.text])).toEqual([
      ['loss', 'elements of size 1 become elements of size 1 (rms)'],
      ['bend', 'NaN or infinity begins here'],
      ['first', 'NaN or infinity arrives'],
    ]);
  });

  test('a cell names its gates and its weights, and what flows back through its state is asked by its own name', () => {
    const cells = (std: number): GraphSketch => ({
      nodes: {
        x: ['input', {}, { shape: ['N', 3] }],
        h: ['input', {}, { shape: ['N', 4] }],
        cell: [
          'rnn_cell',
          { x: 'x.y', h: 'h.y' },
          { hidden_size: 4 },
          { parameters: { weight_hh: { init: { kind: 'normal', std } } } },
        ],
        loss: ['sum_square', { x: 'cell.h' }],
      },
      training: { loss: 'loss.y' },
    });
    const feeds = { 'x.y': some(3 * batch), 'h.y': some(4 * batch).map((x) => x / 100) };
    const large = told(cells(40), 'grad(h.y)', 'cell', feeds);
    expect(large?.factor).toBeGreaterThan(10);
    expect(large?.cause.kind).toBe('weights');
    expect(large?.cause.text).toContain('large weights: cell.weight_hh');
    expect(told(cells(0.01), 'grad(h.y)', 'cell', feeds)?.cause.text).toContain('small weights: cell.weight_hh');
    const saturated = told(cells(0.5), 'grad(h.y)', 'cell', {
      ...feeds,
      'x.y': some(3 * batch).map((x) => 90 * x + 7),
    });
    expect(saturated?.cause.kind).toBe('saturated');

    const explained = runExplained(
      compileGraph(graphOf(cells(40)), { update: false, batch }),
      new Map(Object.entries(feeds)),
    );
    const { source, numbers } = explained;
    const read = (name: string) => norm(numbers.read(source.find(name) as number));
    for (const name of ['grad(cell.h)', 'grad(cell.h):in']) {
      const account = gradientAccount(source, numbers, name);
      expect(account?.norm).toBeCloseTo(read(name), 9);
      expect(account?.factors.at(-1)?.node).toBe(name.endsWith(':in') ? 'cell' : 'loss');
    }
    expect(read('grad(cell.h):in')).not.toBeCloseTo(read('grad(cell.h)'), 3);
  });
});
