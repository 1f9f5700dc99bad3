// What overlays tell of a network's health, against numbers made by hand.
import { expect, test } from 'vitest';
import { bench, open } from '../../support/engines.ts';
import { graphOf } from '../../support/graphs.ts';

const graph = () =>
  graphOf({
    nodes: {
      x: ['input', {}, { shape: [2, 3] }, { value: [1, -1, 0.5, -2, -3, 2] }],
      fc: ['linear', { x: 'x.y' }, { out_features: 3, bias: false }],
      relu: ['relu', { x: 'fc.y' }],
      loss: ['mse_loss', { x: 'relu.y' }],
    },
    training: { loss: 'loss.y', batch: 2, optimizer: { kind: 'sgd', lr: 0.25 } },
  });

test('dead units are zero for every example; flat is where no gradient passes', async () => {
  const { engine, numbers } = bench();
  const report = await open(engine, graph());
  expect(await engine.unitFacts()).toEqual({});
  // Unit 0 answers the first example, unit 1 nobody, unit 2 the second.
  await engine.setElements(
    'fc.weight',
    [1, 0, 0, 0, 1, 0, 0, 0, 1].map((value, index) => ({ index, value })),
  );
  const firstUpdate = report.steps.findIndex(({ phase }) => phase === 'update');
  await engine.control({ kind: 'run_to', step: firstUpdate });
  const y = await numbers('relu.y');
  expect(y).toEqual([1, 0, 0.5, 0, 0, 2]);
  const [dy, dx] = [await numbers('grad(relu.y)'), await numbers('grad(fc.y)')];
  const reached = dy.filter((value) => value !== 0).length;
  const stopped = dy.filter((value, i) => value !== 0 && dx[i] === 0).length;
  const { relu } = await engine.unitFacts();
  expect(relu).toEqual({ units: 3, dead: 1, flat: reached === 0 ? null : stopped / reached });
});

test('the size of an update is the rate times the gradient, and looking at it changes nothing', async () => {
  const { engine, numbers } = bench();
  const report = await open(engine, graph());
  expect(await engine.updateFacts()).toBe(null);
  const firstUpdate = report.steps.findIndex(({ phase }) => phase === 'update');
  await engine.control({ kind: 'run_to', step: firstUpdate });
  const [weight, gradient] = [await numbers('fc.weight'), await numbers('grad(fc.weight)')];
  const norm = (all: readonly number[]) => Math.hypot(...all);
  const facts = await engine.updateFacts();
  expect(facts?.['fc.weight']?.weight).toBeCloseTo(norm(weight), 6);
  expect(facts?.['fc.weight']?.update).toBeCloseTo(0.25 * norm(gradient), 6);
  expect(await numbers('fc.weight')).toEqual(weight);
  expect((await engine.control({ kind: 'step' })).cursor).toBe(firstUpdate + 1);
});

test('a trained parameter that stands still is told with 0, a frozen one not at all', async () => {
  const { engine } = bench();
  const still = graphOf({
    nodes: {
      x: ['input', {}, { shape: [2, 3] }, { value: [1, -1, 0.5, -2, -3, 2] }],
      fc: [
        'linear',
        { x: 'x.y' },
        { out_features: 3 },
        { parameters: { bias: { init: { kind: 'constant', value: -100 } }, weight: { trainable: false } } },
      ],
      relu: ['relu', { x: 'fc.y' }],
      loss: ['mse_loss', { x: 'relu.y' }],
    },
    training: { loss: 'loss.y', batch: 2, optimizer: { kind: 'sgd', lr: 0.25 } },
  });
  await open(engine, still);
  await engine.control({ kind: 'finish' });
  const bias = Math.sqrt(3) * 100;
  expect(await engine.updateFacts()).toEqual({ 'fc.bias': { weight: expect.closeTo(bias, 4), update: 0 } });
});
