import { describe, expect, it } from 'vitest';
import { createBatches, createEpochOrder, shuffle } from '../../../src/training/batches.ts';
import type { Split } from '../../../src/training/datasets/dataset.ts';
import { openBuiltInDataset } from '../../../src/training/datasets/open-dataset.ts';
import { splitIndices, withValidation } from '../../../src/training/datasets/validation-split.ts';

/** A split whose only field is the number of the example. */
function numbers(count: number, endless = false): Split {
  return {
    count,
    endless,
    fill(_, indices, from, n, out) {
      for (let i = 0; i < n; i++) out[i] = indices[from + i] as number;
    },
  };
}

function readEpoch(split: Split, epoch: number, options: Parameters<typeof createBatches>[1]): number[][] {
  const batches = createBatches(split, options);
  const out = { x: new Int32Array(options.batch) };
  return Array.from({ length: batches.batchCount }, (_, position) => [
    ...out.x.subarray(0, batches.fill(epoch, position, out)),
  ]);
}

const training = { batch: 4, seed: 1, shuffle: true, remainder: 'drop' } as const;

describe('shuffle', () => {
  it('yields all orders of three about equally often', () => {
    const seen = new Map<string, number>();
    for (let key = 0; key < 6000; key++) {
      const order = Int32Array.of(0, 1, 2);
      shuffle(order, key * 7919);
      seen.set(order.join(''), (seen.get(order.join('')) ?? 0) + 1);
    }
    // Chi-squared with 5 degrees of freedom: 20.5 is exceeded once in a thousand.
    const chi = [...seen.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(seen.size).toBe(6);
    expect(chi).toBeLessThan(20.5);
  });
});

describe('createEpochOrder', () => {
  it('is a permutation, another one each epoch and seed, the same when asked again, in the same array', () => {
    const orders = createEpochOrder(3, 100);
    const first = orders.of(0);
    const copy = first.slice();
    expect([...copy].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(orders.of(1)).toBe(first);
    expect(first).not.toEqual(copy);
    expect(orders.of(0)).toEqual(copy);
    expect(createEpochOrder(4, 100).of(0)).not.toEqual(copy);
  });
});

describe('createBatches', () => {
  it('drops the last partial batch in training and yields it in evaluation', () => {
    const trained = readEpoch(numbers(10), 0, training);
    expect(trained.map((b) => b.length)).toEqual([4, 4]);
    expect(new Set(trained.flat()).size).toBe(8);
    const evaluated = readEpoch(numbers(10), 0, { ...training, shuffle: false, remainder: 'keep' });
    expect(evaluated).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]); // biome-ignore format: rows
  });

  it('gives any batch of any epoch at once, as reading in order does', () => {
    const inOrder = [0, 1, 2].map((epoch) => readEpoch(numbers(21), epoch, training));
    const batches = createBatches(numbers(21), training);
    const out = { x: new Int32Array(4) };
    for (const [epoch, position] of [
      [2, 3],
      [0, 1],
      [1, 4],
      [0, 0],
    ] as const) {
      // biome-ignore format: pairs
      batches.fill(epoch, position, out);
      expect([...out.x]).toEqual(inOrder[epoch]?.[position]);
    }
  });

  it('goes on with an endless split: no example twice, and the order of indices untouched', () => {
    expect([0, 1, 2].flatMap((epoch) => readEpoch(numbers(8, true), epoch, training)).flat()).toEqual(
      Array.from({ length: 24 }, (_, i) => i),
    );
    expect(readEpoch(numbers(8, true), 5, { ...training, shuffle: false })).toEqual([[0, 1, 2, 3], [4, 5, 6, 7]]); // biome-ignore format: rows
    const far = readEpoch(numbers(8, true), 2 ** 31, training).flat();
    expect(far.every((index) => index >= 0 && index < 2 ** 31)).toBe(true);
  });

  it('keeps image and label of an example together', () => {
    const { dataset } = openBuiltInDataset('xor', { noise: 0 }, 0);
    if (dataset === null) throw new Error('xor did not open');
    const batches = createBatches(dataset.splits.train, { ...training, batch: 50 });
    const out = { x: new Float32Array(100), label: new Int32Array(50) };
    for (let position = 0; position < batches.batchCount; position++) {
      batches.fill(6, position, out);
      for (let i = 0; i < 50; i++) {
        expect(out.label[i]).toBe((out.x[2 * i] as number) * (out.x[2 * i + 1] as number) > 0 ? 0 : 1);
      }
    }
  });
});

describe('validation', () => {
  it('sets a seeded fraction aside: disjoint, together all', () => {
    const { train, validation } = splitIndices(1000, 0.1, 5);
    expect(validation.length).toBe(100);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(splitIndices(1000, 0.1, 5).validation).toEqual(validation);
    expect(splitIndices(1000, 0.1, 6).validation).not.toEqual(validation);
    expect(splitIndices(3, 1, 0).train.length).toBe(1);
  });

  it('reads from the training examples, and leaves data sets alone that bring their own', () => {
    const points = openBuiltInDataset('moons', {}, 0).dataset;
    const digits = openBuiltInDataset('digits', {}, 0).dataset;
    if (points === null || digits === null) throw new Error('did not open');
    const divided = withValidation(points, 0.2, 9);
    expect([divided.splits.train.count, divided.splits.validation.count]).toEqual([240, 60]);
    const { validation } = splitIndices(300, 0.2, 9);
    const out = new Float32Array(6);
    const direct = new Float32Array(6);
    divided.splits.validation.fill('x', Int32Array.of(0, 10, 59), 0, 3, out);
    points.splits.train.fill(
      'x',
      validation.filter((_, i) => i === 0 || i === 10 || i === 59),
      0,
      3,
      direct,
    );
    expect(out).toEqual(direct);
    expect(withValidation(digits, 0.2, 9)).toBe(digits);
    expect(withValidation(points, 0, 9)).toBe(points);
  });
});
