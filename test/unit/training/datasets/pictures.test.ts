import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Split } from '../../../../src/training/datasets/dataset.ts';
import { digits } from '../../../../src/training/datasets/digits.ts';
import { shapes } from '../../../../src/training/datasets/shapes.ts';

function range(count: number, start = 0): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => start + i);
}

function images(split: Split, indices: Int32Array, size: number): Float32Array {
  const out = new Float32Array(indices.length * size);
  split.fill('image', indices, 0, indices.length, out);
  return out;
}

function labels(split: Split, indices: Int32Array): Int32Array {
  const out = new Int32Array(indices.length);
  split.fill('label', indices, 0, indices.length, out);
  return out;
}

const sets = [
  { set: digits, size: 784 },
  { set: shapes, size: 3072 },
] as const;

// Bits, not tolerances: pictures are made of exactly rounded operations only, and what was drawn once is drawn alike for ever.
it.each([
  ['digits', {}, 7, 'train', 0, 50, 'f4a36f36c21cad574d4f3f5156f7dc901b51f30053c3f5a2e1192711fbbd43b9'],
  ['digits', {}, 7, 'train', 50, 1000, '5835f080dfe66ddcd9c25dc2c538aca653ff6e86f5fa6145830a62cd380718d6'],
  [
    'digits',
    { variation: 2, noise: 1 },
    1,
    'test',
    2_147_483_000,
    300,
    'ccfe11c12c4d00719271e0ecdb517e06de8332f09f96c5873ee39261c828edeb',
  ],
  [
    'digits',
    { variation: 0, noise: 0 },
    2,
    'validation',
    0,
    100,
    'c6b8fbc43b149dff6214cae19383ae7004b0e9c0bbecaa74e88e2552731452d5',
  ],
  ['shapes', {}, 7, 'train', 0, 50, 'c3aa3bdcf18b50e80de2726140bd3d7f287e70f17e90c827c3585b0c43534e6f'],
  ['shapes', {}, 7, 'train', 50, 500, 'd20685965f986b0abbc9e0de9f032b076ae4ea8ca9213716987c08c38ce4c480'],
  [
    'shapes',
    { noise: 1 },
    1,
    'test',
    2_147_483_000,
    200,
    'dbdcffb1a846404aadf6f6bf4a7b7f919b555c84ea4ce20644d2ae0287e65fc8',
  ],
  ['shapes', { noise: 0 }, 2, 'validation', 0, 200, '0dd558ffce5c0afd14871745775e2ad0da634852a974150cd32847b500a0b799'],
] as const)(
  '%s %j, seed %i, %s: the same pictures in every engine',
  (id, options, seed, name, start, count, checksum) => {
    const opened =
      id === 'digits'
        ? digits.open(digits.options.parse(options), seed)
        : shapes.open(shapes.options.parse(options), seed);
    const pictures = images(opened.splits[name], range(count, start), id === 'digits' ? 784 : 3072);
    expect(createHash('sha256').update(new Uint8Array(pictures.buffer)).digest('hex')).toBe(checksum);
  },
);

describe.each(sets.map((entry) => ({ ...entry, id: entry.set.id })))('$id', ({ set, size }) => {
  const open = (seed: number) =>
    set.id === 'digits' ? digits.open(digits.options.parse({}), seed) : shapes.open(shapes.options.parse({}), seed);

  it('draws an example alike wherever it stands in a batch, and others for other seeds, splits and indices', () => {
    const { train, validation, test } = open(3).splits;
    const three = images(train, Int32Array.of(90, 5, 2_000_000_000), size);
    expect(images(train, Int32Array.of(5), size)).toEqual(three.subarray(size, 2 * size));
    const five = (split: Split) =>
      createHash('sha256')
        .update(images(split, Int32Array.of(5), size))
        .digest('hex');
    const different = [five(train), five(validation), five(test), five(open(4).splits.train)];
    expect(new Set(different).size).toBe(4);
    expect(three.subarray(0, size)).not.toEqual(three.subarray(2 * size));
  });

  it('reads from and count of the index list and touches nothing beyond', () => {
    const { train } = open(3).splits;
    const out = new Float32Array(3 * size).fill(-5);
    train.fill('image', range(10), 4, 2, out);
    expect(out.subarray(0, 2 * size)).toEqual(images(train, Int32Array.of(4, 5), size));
    expect(out.subarray(2 * size).every((value) => value === -5)).toBe(true);
  });

  it('holds each class once in every ten examples, in changing order', () => {
    const { train, validation } = open(1).splits;
    for (const split of [train, validation]) {
      const all = labels(split, range(500));
      const orders = new Set<string>();
      for (let block = 0; block < 50; block++) {
        const ten = all.subarray(block * 10, block * 10 + 10);
        expect([...ten].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        orders.add(ten.join(''));
      }
      expect(orders.size).toBeGreaterThan(20);
    }
  });

  it('keeps pixels between 0 and 1, with figure and ground', () => {
    const { train } = open(2).splits;
    const pixels = images(train, range(200), size);
    for (let example = 0; example < 200; example++) {
      const picture = pixels.subarray(example * size, (example + 1) * size);
      const low = Math.min(...picture);
      const high = Math.max(...picture);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(high - low).toBeGreaterThan(0.2);
    }
  });
});

describe('digits', () => {
  it('can be learnt, and not by looking at single pixels', () => {
    // Softmax regression by plain loops: clearly better than chance, clearly short of what a convolutional net reaches.
    const { train, validation } = digits.open(digits.options.parse({}), 0).splits;
    const count = 2000;
    const x = images(train, range(count), 784);
    const y = labels(train, range(count));
    const weight = new Float64Array(7850);
    const scores = new Float64Array(10);
    const score = (pixels: Float32Array, at: number) => {
      for (let c = 0; c < 10; c++) {
        let sum = weight[7840 + c] as number;
        for (let k = 0; k < 784; k++) sum += (weight[c * 784 + k] as number) * (pixels[at * 784 + k] as number);
        scores[c] = sum;
      }
    };
    for (let step = 0; step < 3 * count; step++) {
      const i = step % count;
      score(x, i);
      const largest = Math.max(...scores);
      const total = scores.reduce((sum, s) => sum + Math.exp(s - largest), 0);
      for (let c = 0; c < 10; c++) {
        const error = Math.exp((scores[c] as number) - largest) / total - (c === y[i] ? 1 : 0);
        weight[7840 + c] = (weight[7840 + c] as number) - 0.02 * error;
        for (let k = 0; k < 784; k++) {
          weight[c * 784 + k] = (weight[c * 784 + k] as number) - 0.02 * error * (x[i * 784 + k] as number);
        }
      }
    }
    const held = images(validation, range(500), 784);
    const truth = labels(validation, range(500));
    let right = 0;
    for (let i = 0; i < 500; i++) {
      score(held, i);
      if (scores.indexOf(Math.max(...scores)) === truth[i]) right++;
    }
    expect(right / 500).toBeGreaterThan(0.6);
    expect(right / 500).toBeLessThan(0.95);
  });

  it('obeys its options', () => {
    const { splits } = digits.open(digits.options.parse({ examples: 100, variation: 0, noise: 0 }), 0);
    expect([splits.train.count, splits.validation.count]).toEqual([100, 25]);
    const some = images(splits.train, range(10), 784);
    // Without grain most of the ground is exactly black.
    expect(some.filter((value) => value === 0).length).toBeGreaterThan(4000);
    expect(digits.options.safeParse({ examples: 0 }).success).toBe(false);
    expect(digits.options.safeParse({ example: 10 }).success).toBe(false);
  });
});
