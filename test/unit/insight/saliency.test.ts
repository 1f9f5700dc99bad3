// Saliency is the slope of a class's score, held against finite differences; the gradient check finds what is wrong and
// names kinks.
import { describe, expect, test } from 'vitest';
import { checkGradients } from '../../../src/insight/gradient-check.ts';
import { bench, open } from '../../support/engines.ts';
import { bind, compileGraph, graphOf, planOf, registry, run } from '../../support/graphs.ts';
import { feedsFor } from '../../support/random-graph.ts';

const graph = graphOf({
  nodes: {
    image: ['input', {}, { shape: ['N', 2, 4, 4] }],
    conv: ['conv2d', { x: 'image.y' }, { out_channels: 4, kernel_size: 3, padding: 1 }],
    bn: ['batch_norm', { x: 'conv.y' }],
    bend: ['tanh', { x: 'bn.y' }],
    drop: ['dropout', { x: 'bend.y' }],
    flat: ['flatten', { x: 'drop.y' }],
    fc: ['linear', { x: 'flat.y' }, { out_features: 3 }],
    loss: ['cross_entropy', { x: 'fc.y' }],
  },
  training: { loss: 'loss.y', batch: 3, optimizer: { kind: 'sgd', lr: 0.5 } },
});

describe('saliency', () => {
  test('is |∂score/∂pixel|, the largest over channels, of the trained weights in eval mode', async () => {
    const own = bench();
    await open(own.engine, graph);
    for (let i = 0; i < 3; i++) await own.engine.control({ kind: 'continue' });
    const map = await own.engine.saliency({
      input: 'image.y',
      scores: null,
      classIndex: 2,
      example: 1,
      theme: 'light',
    });
    if ('diagnostics' in map) throw new Error('no map');
    const plan = planOf(graph, { mode: 'eval', retain: ['fc.y'], gradients: 'none' });
    const persistent = plan.values
      .filter(({ kind }) => kind === 'parameter' || kind === 'state')
      .map(({ name }) => name);
    const image = await own.numbers('image.y');
    const { bound } = bind(plan);
    for (const name of persistent) bound.read(name).set(await own.numbers(name));
    const score = (at: number, by: number) => {
      bound.read('image.y').set(image.map((x, i) => (i === at ? x + by : x)));
      run(bound);
      return bound.read('fc.y')[1 * 3 + 2] as number;
    };
    expect(map.score).toBeCloseTo(score(0, 0), 5);
    expect(map).toMatchObject({ classIndex: 2, pixels: { width: 4, height: 4 }, scale: 'magnitude' });
    for (let p = 0; p < 16; p++) {
      const slopes = [0, 1].map((c) => {
        const at = (1 * 2 + c) * 16 + p;
        return Math.abs(score(at, 0.01) - score(at, -0.01)) / 0.02;
      });
      expect(map.values[p]).toBeCloseTo(Math.max(...slopes), 3);
    }
  });

  test('without a class: the label where there is one, of the loss’s scores', async () => {
    const own = bench();
    await open(own.engine, graph);
    await own.engine.setElements('loss.target', [{ index: 2, value: 1 }]);
    const map = await own.engine.saliency({
      input: 'image.y',
      scores: null,
      classIndex: null,
      example: 2,
      theme: 'dark',
    });
    expect(map).toMatchObject({ classIndex: 1 });
  });

  test.each([
    ['N×classes', ['N', 7], {}],
    ['feature maps of one pixel', ['N', 7, 3, 3], { pool: ['global_avg_pool2d', { x: 'x.y' }] }],
  ] as const)('names the classes and the likeliest of them: %s', async (_, shape, more) => {
    const own = bench();
    const last = 'pool' in more ? 'pool' : 'x';
    const nodes = { x: ['input', {}, { shape: [...shape] }], ...more, end: ['tanh', { x: `${last}.y` }] };
    await open(own.engine, graphOf({ nodes: nodes as never, training: { batch: 2 } }));
    await own.engine.control({ kind: 'finish' });
    const question = { input: 'x.y', scores: null, classIndex: null, example: 1, theme: 'light' } as const;
    const map = await own.engine.saliency(question);
    if ('diagnostics' in map) throw new Error(JSON.stringify(map.diagnostics));
    const scores = (await own.numbers('end.y')).slice(7, 14);
    const order = scores.map((score, index) => ({ index, score })).sort((a, b) => b.score - a.score);
    expect(map.classes).toBe(7);
    expect(map.likeliest.map(({ index }) => index)).toEqual(order.slice(0, 5).map(({ index }) => index));
    for (const [i, { score }] of map.likeliest.entries()) expect(score).toBeCloseTo(order[i]?.score as number, 5);
    expect(map.classIndex).toBe(order[0]?.index);
  });

  test('says why it cannot', async () => {
    const own = bench();
    const question = { input: 'x.y', scores: null, classIndex: 0, example: 0, theme: 'light' } as const;
    const rectified = (shape: readonly (string | number)[]) =>
      graphOf({ nodes: { x: ['input', {}, { shape }], y: ['relu', { x: 'x.y' }] } });
    await open(own.engine, rectified(['N', 3, 2]));
    expect(await own.engine.saliency(question)).toMatchObject({ diagnostics: [{ code: 'E_SALIENCY' }] });
    await open(own.engine, rectified(['N', 3]), 2);
    // Without a loss the scores are what the graph gives.
    expect(await own.engine.saliency({ ...question, classIndex: 1 })).toMatchObject({ classIndex: 1 });
    const nowhere = await own.engine.saliency({
      input: 'z.y',
      scores: 'y.y',
      classIndex: 0,
      example: 0,
      theme: 'light',
    });
    expect('diagnostics' in nowhere && nowhere.diagnostics.length > 0).toBe(true);
    const outside = await own.engine.saliency({
      input: 'x.y',
      scores: 'y.y',
      classIndex: 99,
      example: 99,
      theme: 'light',
    });
    expect(outside).toMatchObject({ classIndex: 2 });
  });
});

describe('gradient check', () => {
  const check = (from: Parameters<typeof graphOf>[0], wrong?: string) => {
    const operators = { ...registry.operators };
    const record = wrong === undefined ? undefined : operators[wrong];
    if (wrong !== undefined && record?.gradient) {
      const { gradient } = record;
      operators[wrong] = {
        ...record,
        gradient(context) {
          const given = gradient(context) as Record<string, never>;
          const twice = context.emit.map([given['x'] as never], (e, g) => e.mul(g, e.constant(1.01)));
          return { ...given, x: twice } as never;
        },
      };
    }
    const compilation = compileGraph(graphOf(from), { batch: 2, update: false }, operators);
    const feeds = compilation.plan ? feedsFor(compilation.plan) : {};
    return checkGradients(compilation, { set: new Map(Object.entries(feeds)) });
  };
  const sketch = {
    nodes: {
      x: ['input', {}, { shape: ['N', 3] }],
      a: ['linear', { x: 'x.y' }, { out_features: 4 }],
      bend: ['tanh', { x: 'a.y' }],
      loss: ['mse_loss', { x: 'bend.y' }],
    },
    training: { loss: 'loss.y' },
  } as const;

  test('passes what is right and finds one per cent', () => {
    expect(check(sketch).map((c) => `${c.path}.${c.port} ${c.passed}`)).toEqual([
      'a.x true',
      'a.weight true',
      'a.bias true',
      'bend.x true',
      'loss.x true',
    ]);
    const wrong = check(sketch, 'tanh').filter((c) => !c.passed);
    expect(wrong.map((c) => c.path)).toEqual(['bend']);
    expect(wrong[0]?.error).toBeGreaterThan(0.005);
  });

  test('names kinks instead of failing at them', () => {
    const kink = {
      nodes: {
        x: ['input', {}, { shape: [4] }, { value: [0, 1, -1, 0] }],
        y: ['relu', { x: 'x.y' }],
        loss: ['sum', { x: 'y.y' }],
      },
      training: { loss: 'loss.y' },
    } as const;
    const compilation = compileGraph(graphOf(kink), { update: false });
    const [own] = checkGradients(compilation).filter((c) => c.path === 'y');
    expect(own).toMatchObject({ checked: 2, kinks: 2, passed: true });
  });
});
