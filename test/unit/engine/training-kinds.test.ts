// Training whose iterations depend on one another: L-BFGS, whose line search spans iterations, and schedules that follow the
// validation loss. Stepping, training and pausing give the same bits; what cannot be trained is refused with the reason.
import { describe, expect, test } from 'vitest';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { graphOf, type Json } from '../../support/graphs.ts';

function moons(training: Json): GraphFile {
  return graphOf({
    nodes: {
      x: ['input', {}, { shape: ['N', 2] }],
      fc1: ['linear', { x: 'x.y' }, { out_features: 6 }],
      bend: ['tanh', { x: 'fc1.y' }],
      fc2: ['linear', { x: 'bend.y' }, { out_features: 2 }],
      loss: ['cross_entropy', { x: 'fc2.y' }],
    },
    training: {
      loss: 'loss.y',
      epochs: 40,
      batch: 120,
      numerics: 'strict',
      data: { source: 'moons', bind: { x: 'x', 'loss.target': 'label' }, validation: 0.2 },
      ...training,
    },
  });
}

const fullBatch = (optimizer: Json = {}) => moons({ batch: 240, optimizer: { kind: 'lbfgs', ...optimizer } });

async function ready(graph: GraphFile): Promise<Bench> {
  const own = bench();
  await open(own.engine, graph);
  return own;
}

/** Weights and slots where the run stands between two iterations. */
async function settled({ engine, numbers }: Bench, names: readonly string[]): Promise<readonly number[][]> {
  await engine.control({ kind: 'restart' });
  return Promise.all(names.map(numbers));
}

async function trained(graph: GraphFile, iterations: number): Promise<Bench> {
  const own = await ready(graph);
  for (let i = 0; i < iterations; i++) await own.engine.train('iterate');
  return own;
}

async function stepped(graph: GraphFile, iterations: number): Promise<Bench> {
  const own = await ready(graph);
  for (let i = 0; i < iterations; i++) {
    await own.engine.control({ kind: 'finish' });
    await own.engine.control({ kind: 'step' });
  }
  return own;
}

describe('L-BFGS', () => {
  const slots = ['fc1.weight', 'fc2.bias', 'slot(optimizer.shared, steps)', 'slot(optimizer.shared, mode)'];

  test('gets further in its iterations than gradient descent, and ends where the gradient ends', {
    timeout: 60_000,
  }, async () => {
    const loss = async (optimizer: Json) => {
      const own = await ready(moons({ batch: 240, optimizer, data: moons({}).training.data }));
      await own.engine.train('start');
      await own.until(({ status }) => status === 'finished');
      return own.points().findLast(({ split }) => split === 'validation')?.loss as number;
    };
    const [bent, plain] = [await loss({ kind: 'lbfgs' }), await loss({ kind: 'sgd', lr: 0.5 })];
    expect(bent).toBeLessThan(plain / 2);
  });

  test('stepping through searches = training them, to the bit', async () => {
    const [a, b] = [await trained(fullBatch(), 14), await stepped(fullBatch(), 14)];
    expect(await settled(b, slots)).toEqual(await settled(a, slots));
  });

  test('a step back and forward again changes nothing', async () => {
    const own = await stepped(fullBatch(), 9);
    const before = await settled(own, slots);
    for (let i = 0; i < 60; i++) await own.engine.control({ kind: 'step_back' });
    await own.engine.control({ kind: 'restart' });
    for (let guard = 0; guard < 20; guard++) {
      const { iteration } = await own.engine.control({ kind: 'restart' });
      if (iteration === 9) break;
      await own.engine.control({ kind: 'finish' });
      await own.engine.control({ kind: 'step' });
    }
    expect(await settled(own, slots)).toEqual(before);
  });

  test('a search spans iterations: a long first step is taken back', async () => {
    // A rate of 300 leads the first trial far off; its loss is too high, and the interval shrinks.
    const own = await ready(fullBatch({ lr: 300 }));
    const modes: number[] = [];
    const losses: number[] = [];
    for (let i = 0; i < 12; i++) {
      await own.engine.control({ kind: 'finish' });
      losses.push((await own.number('loss.y')) as number);
      modes.push((await own.numbers('slot(optimizer.shared, mode)'))[0] as number);
      await own.engine.control({ kind: 'step' });
    }
    expect(modes).toContain(1);
    expect(modes).toContain(2);
    expect(Math.max(...losses)).toBeGreaterThan(2 * (losses[0] as number));
    expect(Math.min(...losses.slice(-4))).toBeLessThan(losses[0] as number);
  });

  test('is refused on a part of the examples', async () => {
    const own = await ready(moons({ optimizer: { kind: 'lbfgs' } }));
    const state = await own.engine.train('start');
    expect(state.status).toBe('failed');
    expect(state.diagnostics.map(({ code, at }) => `${code} ${at.json}`)).toEqual(['E_FULL_BATCH /training/batch']);
    expect(state.diagnostics[0]?.hint).toContain('240');
  });
});

describe('a schedule that follows the validation loss', () => {
  // Every epoch counts as one without progress: the rate falls after each second one.
  const falling = (more: Json = {}) =>
    moons({
      optimizer: { kind: 'sgd', lr: 0.5 },
      schedule: { kind: 'plateau', factor: 0.5, patience: 1, threshold: 100, threshold_mode: 'abs', ...more },
    });
  const names = ['fc1.weight', 'fc2.weight', 'lr'];

  test('lowers the rate between epochs, stepped or trained, to the bit', async () => {
    const [a, b] = [await trained(falling(), 13), await stepped(falling(), 13)];
    const [left, right] = [await settled(a, names), await settled(b, names)];
    expect(left).toEqual(right);
    // Two iterations an epoch, six epochs done; the first loss is the best there will be: falls after epochs 3 and 5.
    expect(left[2]).toEqual([0.125]);
  });

  test('measures anew what is stepped again: going back changes nothing, other weights do', async () => {
    const own = await stepped(falling({ threshold: 0, patience: 0 }), 9);
    const before = await settled(own, names);
    const back = async (iteration: number) => {
      while ((await own.engine.control({ kind: 'restart' })).iteration > iteration)
        await own.engine.control({ kind: 'step_back' });
    };
    const forth = async (iteration: number) => {
      while ((await own.engine.control({ kind: 'finish' })).iteration < iteration)
        await own.engine.control({ kind: 'step' });
    };
    await back(3);
    await forth(9);
    expect(await settled(own, names)).toEqual(before);
    await back(3);
    const weights = await own.numbers('fc2.weight');
    await own.engine.setElements(
      'fc2.weight',
      weights.map((_, index) => ({ index, value: 30 * (index % 2) })),
    );
    await forth(4);
    const [, , lr] = await settled(own, names);
    await back(3);
    await own.engine.setElements(
      'fc2.weight',
      weights.map((value, index) => ({ index, value })),
    );
    await forth(9);
    expect(await settled(own, names)).toEqual(before);
    expect(lr).not.toEqual([0.5]);
  });

  test('gives the same bits when training was paused and resumed', async () => {
    const own = await ready(falling({ threshold: 0, patience: 0 }));
    await own.engine.train('start');
    await own.until(({ iteration }) => iteration > 3);
    await own.engine.train('pause');
    await own.engine.train('start');
    const { iteration } = await own.until(({ status }) => status === 'finished');
    const straight = await trained(falling({ threshold: 0, patience: 0 }), iteration);
    expect(await settled(own, names)).toEqual(await settled(straight, names));
  });

  test('is refused where nothing is set aside for validation', async () => {
    const { data } = moons({}).training;
    const own = await ready(moons({ schedule: { kind: 'plateau' }, data: { ...data, source: 'xor', validation: 0 } }));
    const { diagnostics } = await own.engine.train('start');
    expect(diagnostics.map(({ code }) => code)).toEqual(['E_SCHEDULE']);
  });
});
