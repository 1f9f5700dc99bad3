import { describe, expect, it } from 'vitest';
import type { Dataset, Split } from '../../../src/training/datasets/dataset.ts';
import { openBuiltInDataset } from '../../../src/training/datasets/open-dataset.ts';
import { withPreprocessing } from '../../../src/training/preprocess.ts';

function open(): Dataset {
  const { dataset } = openBuiltInDataset('shapes', { examples: 100 }, 0);
  if (dataset === null) throw new Error('shapes did not open');
  return dataset;
}

function read(split: Split, count: number): Float32Array {
  const out = new Float32Array(count * 3072);
  split.fill(
    'image',
    Int32Array.from({ length: count }, (_, i) => i),
    0,
    count,
    out,
  );
  return out;
}

/** Mean and deviation of channel `c` over examples, by the definition. */
function channel(values: Float32Array, c: number): { mean: number; deviation: number } {
  const own = values.filter((_, i) => Math.floor(i / 1024) % 3 === c);
  const mean = own.reduce((sum, v) => sum + v, 0) / own.length;
  return { mean, deviation: Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / own.length) };
}

describe('withPreprocessing', () => {
  it('channel_mean takes the mean of each channel away and nothing else', () => {
    const plain = read(open().splits.train, 100);
    const { dataset, diagnostics } = withPreprocessing(open(), [{ kind: 'channel_mean' }]);
    expect(diagnostics).toEqual([]);
    const done = read(dataset.splits.train, 100);
    for (const c of [0, 1, 2]) {
      const { mean, deviation } = channel(plain, c);
      expect(channel(done, c).mean).toBeCloseTo(0, 6);
      expect(channel(done, c).deviation).toBeCloseTo(deviation, 6);
      expect(done[c * 1024 + 5]).toBeCloseTo((plain[c * 1024 + 5] as number) - mean, 6);
    }
  });

  it('channel_standardize makes mean 0 and deviation 1 per channel', () => {
    const { dataset } = withPreprocessing(open(), [{ kind: 'channel_standardize' }]);
    const done = read(dataset.splits.train, 100);
    for (const c of [0, 1, 2]) {
      expect(channel(done, c)).toEqual({ mean: expect.closeTo(0, 5), deviation: expect.closeTo(1, 5) });
    }
  });

  it('mean_image takes the mean of each pixel away, with the training mean on the other splits too', () => {
    const plain = read(open().splits.train, 100);
    const held = read(open().splits.validation, 3);
    const { dataset } = withPreprocessing(open(), [{ kind: 'mean_image' }]);
    const done = read(dataset.splits.train, 100);
    const doneHeld = read(dataset.splits.validation, 3);
    for (const k of [0, 700, 3071]) {
      const column = (values: Float32Array) => Array.from({ length: 100 }, (_, i) => values[i * 3072 + k] as number);
      const mean = column(plain).reduce((a, b) => a + b) / 100;
      expect(column(done).reduce((a, b) => a + b) / 100).toBeCloseTo(0, 6);
      expect(doneHeld[k]).toBeCloseTo((held[k] as number) - mean, 6);
    }
  });

  it('leaves labels alone, applies steps in order and reports unknown ones', () => {
    const steps = [{ kind: 'mean_image' }, { kind: 'whiten' }, { kind: 'channel_standardize' }];
    const { dataset, diagnostics } = withPreprocessing(open(), steps);
    expect(diagnostics.map((d) => [d.code, d.at.json])).toEqual([['E_PREPROCESS', '/training/data/preprocess/1/kind']]);
    const labels = new Int32Array(10);
    dataset.splits.train.fill(
      'label',
      Int32Array.from({ length: 10 }, (_, i) => i),
      0,
      10,
      labels,
    );
    expect([...labels].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(channel(read(dataset.splits.train, 100), 0).deviation).toBeCloseTo(1, 5);
  });

  it('leaves constant channels finite', () => {
    const flat: Dataset = {
      id: 'flat',
      title: 'Flat',
      fields: { image: { dtype: 'float32', shape: [3, 32, 32], batchAxis: 0, role: 'input' } },
      splits: {
        train: { count: 4, endless: false, fill: (_, __, ___, n, out) => out.fill(0.5, 0, n * 3072) },
        validation: { count: 0, endless: false, fill() {} },
        test: { count: 0, endless: false, fill() {} },
      },
    };
    const done = read(withPreprocessing(flat, [{ kind: 'channel_standardize' }]).dataset.splits.train, 2);
    expect(done.every((value) => value === 0)).toBe(true);
  });
});
