// What nodes show: statistics, histograms, thumbnails and pictures agree with the numbers; what is no number is hatched.
import { describe, expect, test } from 'vitest';
import type { Pixels } from '../../../src/engine/protocol/views.ts';
import { histogramOf, robustMagnitude, statisticsOf } from '../../../src/engine/views/statistics.ts';
import { createColorMap } from '../../../src/tensor/color-map.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { bench, open } from '../../support/engines.ts';
import { graphOf } from '../../support/graphs.ts';

const graph = graphOf({
  nodes: {
    image: ['input', {}, { shape: ['N', 3, 4, 5] }],
    conv: ['conv2d', { x: 'image.y' }, { out_channels: 6, kernel_size: 3, padding: 1 }],
    flat: ['flatten', { x: 'conv.y' }],
    fc: ['linear', { x: 'flat.y' }, { out_features: 4 }],
    loss: ['cross_entropy', { x: 'fc.y' }],
  },
  training: { loss: 'loss.y', batch: 2 },
});

async function stand() {
  const own = bench();
  await open(own.engine, graph);
  await own.engine.control({ kind: 'finish' });
  const summary = async (name: string, more: object = {}) =>
    (await own.engine.summaries([{ name, example: 0, ...more }], 'light')).summaries[0];
  return { ...own, summary };
}

const pixel = ({ width, data }: Pixels, x: number, y: number) => [
  ...data.slice((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe('summaries', () => {
  test('statistics of all elements, the state, and the elements of small values', async () => {
    const { summary, numbers } = await stand();
    const values = await numbers('conv.y');
    const mean = values.reduce((a, b) => a + b) / values.length;
    const std = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    const found = await summary('conv.y');
    expect(found).toMatchObject({
      state: 'computed',
      shape: [2, 6, 4, 5],
      min: Math.min(...values),
      max: Math.max(...values),
      nonFinite: 0,
    });
    expect(found?.mean).toBeCloseTo(mean, 10);
    expect(found?.std).toBeCloseTo(std, 10);
    expect(found?.elements).toBeUndefined();
    expect((await summary('fc.y'))?.elements).toEqual(await numbers('fc.y'));
    expect(await summary('nothing.y')).toMatchObject({ state: 'unknown' });
  });

  test('pending values tell their shape and nothing else', async () => {
    const { engine, summary } = await stand();
    await engine.control({ kind: 'restart' });
    const found = await summary('conv.y', { thumbnail: { width: 8, height: 8 }, histogramBins: 4 });
    expect(found).toMatchObject({ state: 'pending', shape: [2, 6, 4, 5] });
    expect([found?.thumbnail, found?.histogram, found?.elements]).toEqual([undefined, undefined, undefined]);
    expect(found?.min).toBeNaN();
  });

  test('histograms count every finite element', async () => {
    const { summary, numbers } = await stand();
    const found = await summary('conv.y', { histogramBins: 7 });
    const values = await numbers('conv.y');
    const { low, high, counts } = found?.histogram ?? { low: 0, high: 0, counts: [] };
    const expected = new Array<number>(7).fill(0);
    for (const x of values) expected[Math.min(6, Math.floor(((x - low) * 7) / (high - low)))]! += 1;
    expect(counts).toEqual(expected);
  });

  test('names of ports, parameters and gradients all answer', async () => {
    const { summary } = await stand();
    for (const name of ['conv.x', 'conv.weight', 'grad(conv.weight)', 'grad(image.y)', 'loss.target', 'fc.x']) {
      expect((await summary(name))?.state, name).toBe('computed');
    }
  });

  test('thumbnails have the size asked for, whatever the value', async () => {
    const { summary } = await stand();
    const sizes = [
      { width: 1, height: 1 },
      { width: 7, height: 30 },
      { width: 96, height: 48 },
    ];
    for (const name of [
      'image.y',
      'conv.y',
      'conv.weight',
      'flat.y',
      'fc.y',
      'loss.y',
      'loss.target',
      'grad(conv.bias)',
    ]) {
      for (const thumbnail of sizes) {
        const found = await summary(name, { thumbnail });
        expect(found?.thumbnail, name).toMatchObject(thumbnail);
        expect(found?.thumbnail?.data.length).toBe(thumbnail.width * thumbnail.height * 4);
      }
    }
  });
});

describe('pictures', () => {
  test('a plane, pixel by pixel, with the numbers behind it', async () => {
    const { engine, numbers } = await stand();
    const values = await numbers('conv.y');
    const picture = await engine.picture({ name: 'conv.y', example: 1, channel: 2, scale: 'signed', theme: 'light' });
    expect(picture).toMatchObject({
      channels: 6,
      examples: 2,
      scale: 'signed',
      plane: { width: 5, height: 4, columns: 1 },
      pixels: { width: 5, height: 4 },
    });
    const own = values.slice((6 + 2) * 20, (6 + 3) * 20);
    expect([...(picture?.values ?? [])]).toEqual(own);
    const [low, high] = picture?.range ?? [0, 0];
    expect(high).toBe(-low);
    const table = createColorMap('diverging', 'light');
    own.forEach((x, i) => {
      const level = Math.min(255, Math.max(0, Math.round(((x - low) * 255) / (high - low))));
      expect(pixel(picture?.pixels as Pixels, i % 5, Math.floor(i / 5))).toEqual([
        ...table.slice(3 * level, 3 * level + 3),
        255,
      ]);
    });
    expect(picture?.clipped).toBe(own.filter((x) => Math.abs(x) > high).length / 20);
  });

  test('a sheet of all planes, one pixel apart', async () => {
    const { engine, numbers } = await stand();
    const picture = await engine.picture({ name: 'conv.y', example: 0, channel: 'all', scale: 'auto', theme: 'dark' });
    const { columns } = picture?.plane ?? { columns: 0 };
    const rows = Math.ceil(6 / columns);
    expect(picture?.pixels).toMatchObject({ width: columns * 6 - 1, height: rows * 5 - 1 });
    const values = await numbers('conv.y');
    for (const plane of [0, 3, 5]) {
      const at = Math.floor(plane / columns) * 5 * (columns * 6 - 1) + (plane % columns) * 6;
      expect(picture?.values[at]).toBe(values[plane * 20]);
    }
    if (columns > 1) expect(picture?.values[5]).toBeNaN();
  });

  test('three input channels are one colour picture; filters show as pictures of their own', async () => {
    const { engine } = await stand();
    const image = await engine.picture({
      name: 'image.y',
      example: 0,
      channel: 'all',
      scale: 'natural',
      theme: 'light',
    });
    expect(image?.pixels).toMatchObject({ width: 5, height: 4 });
    expect(image?.channels).toBe(3);
    const filters = await engine.picture({
      name: 'conv.weight',
      example: 0,
      channel: 'all',
      scale: 'auto',
      theme: 'light',
    });
    expect(filters?.channels).toBe(18);
    const { columns } = filters?.plane ?? { columns: 0 };
    expect(filters?.pixels.width).toBe(4 * columns - 1);
    expect(Math.ceil(6 / columns) * 4 - 1).toBe(filters?.pixels.height);
  });

  test('what is no number is hatched, in colour too, and never moves the scale', async () => {
    const { engine, summary } = await stand();
    await engine.setElements('image.y', [
      { index: 0, value: Number.NaN },
      { index: 1, value: Number.POSITIVE_INFINITY },
    ]);
    const found = await summary('image.y');
    expect(found?.nonFinite).toBe(2);
    expect(Number.isFinite(found?.max)).toBe(true);
    for (const channel of [0, 'all'] as const) {
      const picture = await engine.picture({ name: 'image.y', example: 0, channel, scale: 'auto', theme: 'light' });
      expect(picture?.range.every(Number.isFinite)).toBe(true);
      expect(pixel(picture?.pixels as Pixels, 0, 0)).toEqual([255, 0, 255, 255]);
      expect(pixel(picture?.pixels as Pixels, 1, 0)).toEqual([120, 0, 120, 255]);
    }
    expect((await summary('conv.y', { histogramBins: 4 }))?.nonFinite).toBeGreaterThan(0);
  });

  test('nothing to show, no picture', async () => {
    const { engine } = await stand();
    expect(
      await engine.picture({ name: 'nothing.y', example: 0, channel: 0, scale: 'auto', theme: 'light' }),
    ).toBeNull();
    await engine.control({ kind: 'restart' });
    expect(await engine.picture({ name: 'conv.y', example: 0, channel: 0, scale: 'auto', theme: 'light' })).toBeNull();
  });

  test('sequences: time first, the batch second, in every rank', async () => {
    const own = bench();
    await open(
      own.engine,
      graphOf({
        nodes: { x: ['input', {}, { shape: [3, 'N', 2, 4] }], y: ['neg', { x: 'x.y' }] },
        training: { batch: 5 },
      }),
    );
    await own.engine.control({ kind: 'finish' });
    const values = await own.numbers('y.y');
    for (const [t, example] of [
      [0, 0],
      [2, 3],
      [1, 4],
    ] as const) {
      const picture = await own.engine.picture({ name: 'y.y', example, channel: t, scale: 'auto', theme: 'light' });
      expect(picture).toMatchObject({ channels: 3, examples: 5, plane: { width: 4, height: 2 } });
      expect([...(picture?.values ?? [])]).toEqual(values.slice((t * 5 + example) * 8, (t * 5 + example) * 8 + 8));
    }
  });
});

test('statistics by hand', () => {
  const view = Float32Array.of(0, 1, Number.NaN, 3, 0, Number.NEGATIVE_INFINITY);
  expect(statisticsOf(view)).toEqual({ min: 0, max: 3, mean: 1, std: Math.sqrt(1.5), zeros: 2 / 6, nonFinite: 2 });
  expect(statisticsOf(Float32Array.of(Number.NaN))).toMatchObject({ min: Number.NaN, nonFinite: 1 });
  expect(histogramOf(view, 0, 3, 3)).toEqual([2, 1, 1]);
  expect(histogramOf(Float32Array.of(2, 2), 2, 2, 3)).toEqual([2, 0, 0]);
  expect(robustMagnitude(Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? 1e6 : (i % 10) - 5)))).toBe(5);
  expect(robustMagnitude(new Float32Array(4))).toBe(1);
  const random = createRandom(3, 'magnitudes');
  for (const length of [1, 2, 3, 100, 101, 4095, 4096, 8191, 8192, 30_000])
    for (const draw of [() => random.normal(), () => Math.max(0, random.normal()), () => random.integer(3) - 1]) {
      const drawn = Float32Array.from({ length }, (_, i) => (i % 50 === 9 ? Number.NaN : draw()));
      const step = Math.max(1, Math.floor(length / 4096));
      const magnitudes = drawn
        .filter((x, i) => i % step === 0 && !Number.isNaN(x))
        .map(Math.abs)
        .sort();
      const rank = Math.floor(0.99 * (magnitudes.length - 1));
      expect(robustMagnitude(drawn)).toBe(magnitudes[rank] || magnitudes.at(-1) || 1);
    }
});
