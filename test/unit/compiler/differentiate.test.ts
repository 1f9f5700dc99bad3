// The backward phase: visible sums at branches, gradients against central differences of the whole plan, seeds, and no work
// for gradients that nobody needs.
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/program/plan.ts';
import { interpretPlan } from '../../../src/runtime/interpret.ts';
import type { NumericArray } from '../../../src/tensor/dtype.ts';
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
import { feedsFor } from '../../support/random-graph.ts';

const stepsOf = (plan: Plan) => plan.steps.map((step) => `${step.phase} ${step.role} ${step.node}`);

/** Central differences of the loss in float64 with respect to every element of a value. */
function numeric(plan: Plan, name: string, feeds: Readonly<Record<string, ArrayLike<number>>>): number[] {
  const lossAt = (change: (values: NumericArray) => void) => {
    const oracle = interpretPlan(plan, { precision: 'float64', set: new Map(Object.entries(feeds)) });
    change(oracle.read(name));
    oracle.run();
    return oracle.read(plan.loss as string)[0] as number;
  };
  const count = plan.values[plan.names[name] as number]?.bytes ?? 0;
  return Array.from({ length: count / 4 }, (_, i) => {
    const moved = (by: number) => lossAt((values) => void values.set([(values[i] as number) + by], i));
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
}

describe('branches', () => {
  const diamond: GraphSketch = {
    nodes: {
      x: ['input', {}, { shape: ['N', 3] }],
      w: ['parameter', {}, { shape: [3, 3] }],
      stem: ['linear', { x: 'x.y', weight: 'w.y' }, { out_features: 3 }],
      left: ['tanh', { x: 'stem.y' }],
      right: ['sigmoid', { x: 'stem.y' }],
      product: ['mul', { a: 'left.y', b: 'right.y' }],
      twice: ['mul', { a: 'stem.y', b: 'stem.y' }],
      sum: ['add', { a: 'product.y', b: 'twice.y' }],
      head: ['linear', { x: 'sum.y', weight: 'w.y' }, { out_features: 3, bias: false }],
      loss: ['mse_loss', { x: 'head.y' }],
    },
    training: { loss: 'loss.y', batch: 2 },
  };
  const plan = planOf(graphOf(diamond), { update: false });
  const feeds = feedsFor(plan);

  test('gradients meet in steps of their own, and the shares keep their names', () => {
    expect(stepsOf(plan).filter((step) => step.includes(' sum '))).toEqual(
      expect.arrayContaining(['backward sum stem', 'backward sum w']),
    );
    const { bound } = bind(plan, feeds);
    run(bound);
    const parts = ['left.x', 'right.x', 'twice.a', 'twice.b'].map((port) => bound.read(`grad(${port})`));
    const sum = [...(parts[0] ?? [])].map((_, i) => parts.reduce((total, part) => total + (part[i] as number), 0));
    expect(relativeError(bound.read('grad(stem.y)'), sum)).toBeLessThan(1e-6);
    const shares = [bound.read('grad(stem.weight)'), bound.read('grad(head.weight)')];
    const both = [...(shares[0] ?? [])].map((a, i) => a + (shares[1]?.[i] as number));
    expect(relativeError(bound.read('grad(w.y)'), both)).toBeLessThan(1e-6);
    expect([...bound.read('grad(w.value)')]).toEqual([...bound.read('grad(w.y)')]);
  });

  test('every gradient is the slope of the loss', () => {
    const { bound } = bind(plan, feeds);
    run(bound);
    for (const name of ['x.y', 'w.value', 'stem.bias']) {
      expect(relativeError(bound.read(`grad(${name})`), numeric(plan, name, feeds)), name).toBeLessThan(1e-4);
    }
  });

  test('a wired parameter replaces the owned one and is trained in its place', () => {
    expect(plan.values.filter((value) => value.kind === 'parameter').map((value) => value.name)).toEqual([
      'w.value',
      'stem.bias',
    ]);
    const trained = planOf(graphOf(diamond), { retain: [], gradients: 'training' });
    expect(
      stepsOf(trained)
        .filter((step) => step.startsWith('update'))
        .sort(),
    ).toEqual(['update update stem', 'update update w']);
  });
});

describe('what is not needed', () => {
  const sketch = (trainable: boolean): GraphSketch => ({
    nodes: {
      x: ['input', {}, { shape: ['N', 3] }],
      a: ['linear', { x: 'x.y' }, { out_features: 4 }, { parameters: { weight: { trainable }, bias: { trainable } } }],
      b: ['linear', { x: 'a.y' }, { out_features: 2 }],
      idle: ['exp', { x: 'a.y' }],
      lost: ['linear', { x: 'x.y' }, { out_features: 2 }],
      loss: ['mse_loss', { x: 'b.y' }],
    },
    training: { loss: 'loss.y', batch: 2 },
  });

  test('frozen parameters get no gradient in training and never change; everything before them is skipped', () => {
    const plan = planOf(graphOf(sketch(false)), { retain: [], gradients: 'training' });
    const names = plan.values.map((value) => value.name);
    expect(names.filter((name) => name.startsWith('grad(a'))).toEqual([]);
    expect(names).not.toContain('idle.y');
    const { bound } = bind(plan, feedsFor(plan));
    const [a, b] = [[...bound.read('a.weight')], [...bound.read('b.weight')]];
    bound.read('lr')[0] = 0.1;
    run(bound);
    expect([...bound.read('a.weight')]).toEqual(a);
    expect([...bound.read('b.weight')]).not.toEqual(b);
  });

  test('the debugger still shows a frozen parameter’s gradient, and does not update it', () => {
    const plan = planOf(graphOf(sketch(false)));
    const { bound } = bind(plan, feedsFor(plan));
    const before = [...bound.read('a.weight')];
    bound.read('lr')[0] = 0.1;
    run(bound);
    expect(relativeError(bound.read('grad(a.weight)'), numeric(plan, 'a.weight', feedsFor(plan)))).toBeLessThan(1e-3);
    expect([...bound.read('a.weight')]).toEqual(before);
  });

  test('a part that the loss does not see is computed for the eye, and has no gradient', () => {
    const plan = planOf(graphOf(sketch(true)));
    expect(plan.names['lost.y']).toBeDefined();
    expect(plan.names['grad(lost.weight)']).toBeUndefined();
    expect(plan.names['grad(idle.y)']).toBeUndefined();
    const trained = planOf(graphOf(sketch(true)), { retain: [], gradients: 'training' });
    expect(trained.names['lost.y']).toBeUndefined();
    expect(trained.values.some((value) => value.name === 'lost.weight')).toBe(true);
  });

  test('without a loss there is a forward phase only', () => {
    const plan = planOf(graphOf({ nodes: { x: ['input', {}, { shape: ['N', 3] }], y: ['relu', { x: 'x.y' }] } }));
    expect(stepsOf(plan)).toEqual(['forward node y']);
    expect(plan.loss).toBeNull();
  });
});

describe('seeds', () => {
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: [2, 3] }],
      a: ['square', { x: 'x.y' }],
      b: ['sin', { x: 'a.y' }],
    },
  });
  const x = [0.5, -1, 2, 0.25, 1.5, -0.75];

  test('ones, or what is fed as grad(v)', () => {
    const ones = planOf(graph, {
      gradients: { seeds: [{ value: 'b.y', from: 'ones' }], towards: ['x.y'] },
      retain: ['grad(x.y)'],
    });
    const expected = x.map((v) => 2 * v * Math.cos(v * v));
    expect(relativeError(runOnce(ones, { 'x.y': x })('grad(x.y)'), expected)).toBeLessThan(1e-5);
    const fed = planOf(graph, {
      gradients: { seeds: [{ value: 'b.y', from: 'feed' }], towards: ['x.y'] },
      retain: ['grad(x.y)'],
    });
    expect(fed.feeds).toEqual(expect.arrayContaining(['grad(b.y)']));
    const weights = [1, 2, 3, 4, 5, 6];
    const read = runOnce(fed, { 'x.y': x, 'grad(b.y)': weights });
    expect(
      relativeError(
        read('grad(x.y)'),
        expected.map((v, i) => v * (weights[i] as number)),
      ),
    ).toBeLessThan(1e-5);
  });

  test('seeds on a value and on what comes after it add up, and both may be fed', () => {
    const seeds = [
      { value: 'a.y', from: 'feed' as const },
      { value: 'b.y', from: 'ones' as const },
    ];
    const plan = planOf(graph, { gradients: { seeds, towards: ['x.y'] }, retain: ['grad(x.y)', 'grad(a.y)'] });
    const seed = plan.feeds.find((name) => name.startsWith('grad(a.y)')) as string;
    expect(new Set(plan.values.map((value) => value.name)).size).toBe(plan.values.length);
    const read = runOnce(plan, { 'x.y': x, [seed]: new Array(6).fill(10) });
    const total = x.map((v) => 10 + Math.cos(v * v));
    expect(relativeError(read('grad(a.y)'), total)).toBeLessThan(1e-5);
    expect(
      relativeError(
        read('grad(x.y)'),
        x.map((v, i) => 2 * v * (total[i] as number)),
      ),
    ).toBeLessThan(1e-5);
  });

  test('a seed that cannot be is said', () => {
    const { diagnostics } = compileGraph(graph, {
      gradients: { seeds: [{ value: 'c.y', from: 'ones' }], towards: ['x.y'] },
    });
    expect(diagnostics.map((d) => d.code)).toEqual(['E_SEED']);
  });
});
