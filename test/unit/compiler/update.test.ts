// The update phase: clipping and penalties as program code, held against the same arithmetic done here.
import { describe, expect, test } from 'vitest';
import { matchesPattern } from '../../../src/compiler/penalty.ts';
import {
  bind,
  compileGraph,
  type GraphSketch,
  graphOf,
  type Json,
  planOf,
  relativeError,
  run,
} from '../../support/graphs.ts';
import { feedsFor } from '../../support/random-graph.ts';

function sketch(training: Json): GraphSketch {
  return {
    nodes: {
      x: ['input', {}, { shape: ['N', 3] }],
      a: ['linear', { x: 'x.y' }, { out_features: 4 }],
      bend: ['tanh', { x: 'a.y' }],
      b: ['linear', { x: 'bend.y' }, { out_features: 2 }],
      loss: ['mse_loss', { x: 'b.y' }],
    },
    training: { loss: 'loss.y', batch: 2, optimizer: { kind: 'sgd', lr: 0.5 }, ...training },
  };
}

const names = ['a.weight', 'a.bias', 'b.weight', 'b.bias'];

/** Parameters before and after one step, and the gradients between. */
function step(training: Json) {
  const { bound } = bind(
    planOf(graphOf(sketch(training)), {
      retain: ['loss.y', ...names.map((name) => `grad(${name})`)],
      gradients: 'training',
    }),
  );
  for (const [name, numbers] of Object.entries(feedsFor(bound.plan))) bound.read(name).set(numbers);
  bound.read('lr')[0] = 0.5;
  const before = Object.fromEntries(names.map((name) => [name, [...bound.read(name)]]));
  run(bound);
  const after = Object.fromEntries(names.map((name) => [name, [...bound.read(name)]]));
  const gradients = Object.fromEntries(names.map((name) => [name, [...bound.read(`grad(${name})`)]]));
  return { before, after, gradients, bound };
}

const flat = (all: Readonly<Record<string, readonly number[]>>) => names.flatMap((name) => all[name] ?? []);

describe('clipping', () => {
  test('by norm: all gradients together, as clip_grad_norm_', () => {
    const { before, after, gradients } = step({ clip: { kind: 'norm', max: 0.01 } });
    const norm = Math.hypot(...flat(gradients));
    expect(norm).toBeGreaterThan(0.1);
    const moved = flat(before).map((p, i) => p - 0.5 * (flat(gradients)[i] as number) * (0.01 / (norm + 1e-6)));
    expect(relativeError(flat(after), moved)).toBeLessThan(1e-5);
    const steps = flat(before).map((p, i) => p - (flat(after)[i] as number));
    expect(Math.hypot(...steps)).toBeCloseTo(0.005, 5);
  });

  test('a norm below the limit is left alone', () => {
    const { before, after, gradients } = step({ clip: { kind: 'norm', max: 100 } });
    expect(
      relativeError(
        flat(after),
        flat(before).map((p, i) => p - 0.5 * (flat(gradients)[i] as number)),
      ),
    ).toBeLessThan(1e-6);
  });

  test('by value: each number on its own', () => {
    const { before, after, gradients } = step({ clip: { kind: 'value', max: 0.05 } });
    const clipped = flat(gradients).map((g) => Math.min(0.05, Math.max(-0.05, g)));
    expect(clipped.some((g, i) => g !== flat(gradients)[i])).toBe(true);
    expect(
      relativeError(
        flat(after),
        flat(before).map((p, i) => p - 0.5 * (clipped[i] as number)),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe('penalties', () => {
  test('are nodes beside the loss, and the objective is what is minimised', () => {
    const graph = graphOf(sketch({ penalty: { l1: 0.01, l2: 0.1, on: ['**.weight'] } }));
    const { plan, network } = compileGraph(graph);
    expect(network.instances.slice(-4).map((instance) => `${instance.path}: ${instance.operator.id}`)).toEqual([
      'l1_penalty: l1_penalty',
      'objective: add',
      'l2_penalty: l2_penalty',
      'objective2: add',
    ]);
    expect(plan?.loss).toBe('objective2.y');
    expect(plan?.steps.filter((s) => s.node === 'l2_penalty').map((s) => s.phase)).toEqual(['forward', 'backward']);
  });

  test('add their part to the gradients of what they name, and to nothing else', () => {
    const plain = step({});
    const { gradients, bound } = step({ penalty: { l1: 0.01, l2: 0.1, on: ['a.weight', 'b.*'] } });
    const penalised = new Set(['a.weight', 'b.weight', 'b.bias']);
    let [l1, l2] = [0, 0];
    for (const name of names) {
      const values = plain.before[name] ?? [];
      const on = penalised.has(name) ? 1 : 0;
      for (const p of values) [l1, l2] = [l1 + on * Math.abs(p), l2 + on * p * p];
      const expected = (plain.gradients[name] ?? []).map(
        (g, i) => g + on * (0.01 * Math.sign(values[i] as number) + 0.2 * (values[i] as number)),
      );
      expect(relativeError(gradients[name] ?? [], expected), name).toBeLessThan(1e-5);
    }
    const objective = (bound.read('loss.y')[0] as number) + 0.01 * l1 + 0.1 * l2;
    expect(relativeError(bound.read(bound.plan.loss as string), [objective])).toBeLessThan(1e-5);
  });

  test('do not touch evaluation, and say when they name nothing', () => {
    const graph = graphOf(sketch({ penalty: { l1: 0, l2: 0.1, on: ['**.weight'] } }));
    expect(planOf(graph, { mode: 'eval', retain: [], gradients: 'none' }).loss).toBe('loss.y');
    const idle = compileGraph(graphOf(sketch({ penalty: { l1: 0, l2: 0.1, on: ['c.*'] } })));
    expect(idle.diagnostics.map((d) => d.code)).toEqual(['W_PENALTY']);
    expect(idle.plan?.loss).toBe('loss.y');
  });

  test('patterns: * within a segment, ** across', () => {
    const table: readonly (readonly [string, string, boolean])[] = [
      ['**.weight', 'block/conv.weight', true],
      ['**.weight', 'conv.weight', true],
      ['**.weight*', 'rnn/cell.weight_ih', true],
      ['*.weight', 'block/conv.weight', false],
      ['*/conv.weight', 'block/conv.weight', true],
      ['conv.weight', 'convXweight', false],
      ['**', 'a/b/c.d', true],
    ];
    for (const [pattern, name, expected] of table) expect(matchesPattern(pattern, name), pattern).toBe(expected);
    expect(matchesPattern(`${'**a'.repeat(40)}b`, `${'a'.repeat(60)}.weight`)).toBe(false);
  });
});

test('every update has its slots, and all of it is steps of the plan', () => {
  const plan = planOf(graphOf(sketch({ optimizer: { kind: 'adam', lr: 0.1 } })));
  expect(plan.steps.filter((s) => s.phase === 'update').map((s) => s.node)).toEqual(['optimizer', 'a', 'b']);
  expect(plan.values.filter((value) => value.kind === 'slot').map((value) => value.name)).toEqual([
    'slot(optimizer.shared, correction1)',
    'slot(optimizer.shared, correction2)',
    ...names.flatMap((name) => [`slot(${name}, exp_avg)`, `slot(${name}, exp_avg_sq)`]),
  ]);
  for (const name of names) expect(plan.names[`next(${name})`]).toBe(plan.names[name]);
});

test('train and eval plans agree about where everything persistent lies', () => {
  const graph = graphOf(sketch({ optimizer: { kind: 'momentum' } }));
  const [debug, train, evaluation] = [
    planOf(graph),
    planOf(graph, { retain: [], gradients: 'training' }),
    planOf(graph, { mode: 'eval', retain: [], gradients: 'none', batch: 1 }),
  ];
  const place = (plan: typeof debug) =>
    plan.values
      .filter((value) => value.region === 'persistent' && value.kind !== 'computed')
      .map((value) => `${value.name}@${value.offset}`);
  expect(place(train)).toEqual(place(debug));
  expect(place(debug)).toEqual(expect.arrayContaining(place(evaluation)));
});
