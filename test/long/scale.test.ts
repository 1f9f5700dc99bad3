// Long and wide graphs: nothing recursive, nothing that grows faster than the graph.
import { expect, test } from 'vitest';
import { bind, graphOf, type NodeSketch, planOf, run, runOnce } from '../support/graphs.ts';

const length = 10_000;

test('a chain of 10,000 nodes compiles for every use and runs', { timeout: 120_000 }, () => {
  const nodes: Record<string, NodeSketch> = { x: ['input', {}, { shape: [2] }], w: ['parameter', {}, { shape: [2] }] };
  nodes['n0'] = ['mul', { a: 'x.y', b: 'w.y' }];
  for (let i = 1; i < length; i++) nodes[`n${i}`] = [i % 2 === 0 ? 'neg' : 'tanh', { x: `n${i - 1}.y` }];
  nodes['loss'] = ['mse_loss', { x: `n${length - 1}.y` }];
  const graph = graphOf({ nodes, training: { loss: 'loss.y' } });
  const debug = planOf(graph);
  expect(debug.steps.length).toBeGreaterThan(2 * length);
  const read = runOnce(debug, { 'x.y': [0.5, -0.5], 'w.value': [1, 1] });
  expect(
    read(`n${length - 1}.y`)
      .map(Math.abs)
      .every((y) => y > 0 && y < 0.02),
  ).toBe(true);
  const train = planOf(graph, { retain: [], gradients: 'training' });
  expect(train.instructions.length).toBeLessThan(length);
  const { bound } = bind(train, { 'x.y': [0.5, -0.5], 'w.value': [1, 1] });
  run(bound);
  expect(bound.read('loss.y')[0]).toBeGreaterThan(0);
});

test('a chain of 10,000 copies leaves nothing', { timeout: 120_000 }, () => {
  const nodes: Record<string, NodeSketch> = { x: ['input', {}, { shape: [2, 3] }] };
  nodes['n0'] = ['neg', { x: 'x.y' }];
  for (let i = 1; i < length; i++) nodes[`n${i}`] = ['dropout', { x: `n${i - 1}.y` }];
  const plan = planOf(graphOf({ nodes }), { mode: 'eval', retain: [`n${length - 1}.y`], gradients: 'none' });
  expect(plan.instructions.length).toBeLessThan(5);
});

test('5,000 nodes on one value, joined by one', { timeout: 120_000 }, () => {
  const nodes: Record<string, NodeSketch> = { w: ['parameter', {}, { shape: [1] }] };
  const wide = 5_000;
  for (let i = 0; i < wide; i++) nodes[`n${i}`] = ['neg', { x: 'w.y' }];
  nodes['all'] = [
    'concat',
    Object.fromEntries(Array.from({ length: wide }, (_, i) => [`x${i}`, `n${i}.y`])),
    { dim: 0 },
  ];
  nodes['loss'] = ['sum', { x: 'all.y' }];
  const plan = planOf(graphOf({ nodes, training: { loss: 'loss.y' } }), { update: false });
  expect(runOnce(plan, { 'w.value': [2] })('grad(w.value)')).toEqual([-wide]);
});

test('a recurrence of 1,100 steps: more than a kernel has operands', { timeout: 120_000 }, () => {
  const steps = 1_100;
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: [steps, 'N', 1] }],
      rnn: [
        'recurrence',
        { x: 'x.y' },
        { steps, scan: ['x'], carry: { h: 'h' }, stack: { y: 'h' }, last: {} },
        { block: 'sum' },
      ],
      loss: ['sum', { x: 'rnn.y' }],
    },
    blocks: {
      sum: {
        inputs: [{ name: 'x' }, { name: 'h', shape: ['N', 1] }],
        nodes: { add: ['add', { a: 'in.x', b: 'in.h' }] },
        outputs: { h: 'add.y' },
      },
    },
    training: { loss: 'loss.y', batch: 2 },
  });
  const read = runOnce(planOf(graph), { 'x.y': new Array(2 * steps).fill(1) });
  expect(read('rnn.y')).toEqual(Array.from({ length: 2 * steps }, (_, i) => 1 + Math.floor(i / 2)));
  expect(read('grad(x.y)')).toEqual(Array.from({ length: 2 * steps }, (_, i) => steps - Math.floor(i / 2)));
});
