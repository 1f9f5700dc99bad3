import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../../src/training/datasets/dataset.ts';
import { openBuiltInDataset } from '../../../../src/training/datasets/open-dataset.ts';

function open(id: string, options: unknown, seed = 0): Dataset {
  const { dataset, diagnostics } = openBuiltInDataset(id, options, seed);
  expect(diagnostics).toEqual([]);
  if (dataset === null) throw new Error(`${id} did not open`);
  return dataset;
}

function all(dataset: Dataset, split: 'train' | 'test' = 'train'): { x: Float32Array; label: Int32Array } {
  const { count, fill } = dataset.splits[split];
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  const x = new Float32Array(2 * count);
  const label = new Int32Array(count);
  fill('x', indices, 0, count, x);
  fill('label', indices, 0, count, label);
  return { x, label };
}

describe('spirals', () => {
  it('is CS231n’s figure: radius rises to 1 and, without noise, the angle is 4·arm + 4·radius', () => {
    const { x, label } = all(open('spirals', { noise: 0 }));
    expect(label.length).toBe(300);
    for (let i = 0; i < 300; i++) {
      const arm = Math.floor(i / 100);
      const radius = (i % 100) / 99;
      expect(label[i]).toBe(arm);
      expect(x[2 * i]).toBeCloseTo(radius * Math.sin(4 * arm + 4 * radius), 6);
      expect(x[2 * i + 1]).toBeCloseTo(radius * Math.cos(4 * arm + 4 * radius), 6);
    }
  });

  it('moves along the circle with the noise, differently for each seed and split', () => {
    const one = all(open('spirals', {}, 1));
    expect(all(open('spirals', {}, 1))).toEqual(one);
    expect(all(open('spirals', {}, 2)).x).not.toEqual(one.x);
    expect(all(open('spirals', {}, 1), 'test').x).not.toEqual(one.x);
    let spread = 0;
    for (let i = 0; i < 300; i++) {
      const [px, py] = [one.x[2 * i] as number, one.x[2 * i + 1] as number];
      const radius = (i % 100) / 99;
      expect(Math.hypot(px, py)).toBeCloseTo(radius, 6);
      const turn = Math.atan2(px, py) - (4 * (one.label[i] as number) + 4 * radius);
      if (radius > 0) spread += Math.atan2(Math.sin(turn), Math.cos(turn)) ** 2 / 297;
    }
    expect(Math.sqrt(spread)).toBeGreaterThan(0.17);
    expect(Math.sqrt(spread)).toBeLessThan(0.23);
  });

  it('has as many classes as arms', () => {
    const dataset = open('spirals', { arms: 5, points: 7 });
    expect(dataset.fields['label']?.classNames).toHaveLength(5);
    expect([...all(dataset).label].filter((label) => label === 4)).toHaveLength(7);
  });
});

describe('moons', () => {
  it('is two half circles around (0, 0) and (1, ½)', () => {
    const { x, label } = all(open('moons', { noise: 0 }));
    for (let i = 0; i < 300; i++) {
      const [px, py] = [x[2 * i] as number, x[2 * i + 1] as number];
      if (label[i] === 0) expect([Math.hypot(px, py), py > -1e-6]).toEqual([expect.closeTo(1, 6), true]);
      else expect([Math.hypot(px - 1, py - 0.5), py < 0.5 + 1e-6]).toEqual([expect.closeTo(1, 6), true]);
    }
  });
});

describe('xor', () => {
  it('labels points by whether their signs differ, in all four corners alike', () => {
    const { x, label } = all(open('xor', { noise: 0 }));
    const corners = new Map<string, number>();
    for (let i = 0; i < 200; i++) {
      const [px, py] = [x[2 * i] as number, x[2 * i + 1] as number];
      expect(label[i]).toBe(px * py > 0 ? 0 : 1);
      corners.set(`${px},${py}`, (corners.get(`${px},${py}`) ?? 0) + 1);
    }
    expect(Object.fromEntries(corners)).toEqual({ '1,1': 50, '-1,-1': 50, '1,-1': 50, '-1,1': 50 });
  });
});
