import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DataFile, Dataset } from '../../../../src/training/datasets/dataset.ts';
import { openBuiltInDataset, openFileDataset } from '../../../../src/training/datasets/open-dataset.ts';
import { builtInDatasets, fileDatasets, findDataset } from '../../../../src/training/datasets/registry.ts';
import { referenceData } from './reference-data.ts';

function idx(type: number, sizes: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes[2] = type;
  bytes[3] = sizes.length;
  for (const [axis, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
  return new Uint8Array(Buffer.concat([bytes, data]));
}

function pair(prefix: string, images: number, labels: number, size = 2, largest = 9): DataFile[] {
  const pixels = Uint8Array.from({ length: images * size * size }, (_, i) => i & 255);
  const classes = Uint8Array.from({ length: labels }, (_, i) => (i === labels - 1 ? largest : i % 10));
  return [
    { name: `${prefix}-images-idx3-ubyte`, bytes: idx(8, [images, size, size], pixels) },
    { name: `${prefix}-labels-idx1-ubyte`, bytes: idx(8, [labels], classes) },
  ];
}

function folder(path: string): DataFile[] {
  return readdirSync(path).map((name) => ({
    name: join(path, name),
    bytes: new Uint8Array(readFileSync(join(path, name))),
  }));
}

function problems(files: readonly DataFile[], id?: string): string[] {
  const { dataset, diagnostics } = openFileDataset(files, id === undefined ? {} : { id });
  expect(dataset).toBeNull();
  return diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code} ${d.message}`);
}

function example(
  dataset: Dataset | null,
  split: 'train' | 'test',
  index: number,
): { image: Float32Array; label: number } {
  const field = dataset?.fields['image'];
  if (!dataset || !field) throw new Error('no images');
  const image = new Float32Array(field.shape.reduce((a, b) => a * b, 1));
  const label = new Int32Array(1);
  dataset.splits[split].fill('image', Int32Array.of(index), 0, 1, image);
  dataset.splits[split].fill('label', Int32Array.of(index), 0, 1, label);
  return { image, label: label[0] as number };
}

describe('registry', () => {
  it('names each data set once and opens every built-in one, with the fields it declares', () => {
    const ids = [...builtInDatasets, ...fileDatasets].map((d) => d.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining(['spirals', 'moons', 'xor', 'digits', 'shapes', 'characters', 'mnist', 'cifar10']),
    );
    for (const declaration of builtInDatasets) {
      const { dataset, diagnostics } = openBuiltInDataset(declaration.id, {}, 0);
      expect(diagnostics).toEqual([]);
      expect(dataset?.fields).toEqual(declaration.fields);
      expect(dataset?.splits.train.endless).toBe(declaration.endless);
      expect(dataset?.splits.train.count).toBeGreaterThan(0);
    }
    expect(findDataset('Fashion-MNIST')?.id).toBe('fashion_mnist');
  });

  it('describes every option by a JSON Schema with titles, for forms', () => {
    for (const { id, options } of [...builtInDatasets, ...fileDatasets]) {
      const { properties = {} } = z.toJSONSchema(options, { io: 'input' });
      for (const [name, schema] of Object.entries(properties)) {
        expect(schema, `${id}.${name}`).toMatchObject({ title: expect.any(String), default: expect.anything() });
      }
    }
  });

  it('answers wrong names and options with diagnostics', () => {
    expect(openBuiltInDataset('digit', {}, 0).diagnostics[0]?.message).toMatch(
      /^there is no data set “digit”; known are digits/,
    );
    expect(openBuiltInDataset('mnist', {}, 0).diagnostics[0]?.code).toBe('E_DATA_FILES');
    const { dataset, diagnostics } = openBuiltInDataset('spirals', { arms: 1, nois: 0 }, 0);
    expect(dataset).toBeNull();
    expect(diagnostics.map((d) => d.at.json)).toEqual(['/training/data/options/arms', '/training/data/options']);
    expect(openBuiltInDataset('spirals', 'three', 0).diagnostics[0]?.code).toBe('E_DATA_OPTION');
  });
});

describe('IDX pictures', () => {
  it('pairs files by name and rank, whatever their order, and scales bytes to parts of 255', () => {
    const files = [...pair('t10k', 3, 3), ...pair('train', 12, 12)].reverse();
    const { dataset, diagnostics } = openFileDataset(files);
    expect(diagnostics).toEqual([]);
    expect([dataset?.id, dataset?.splits.train.count, dataset?.splits.test.count]).toEqual(['mnist', 12, 3]);
    expect(dataset?.fields['image']?.shape).toEqual([1, 2, 2]);
    const { image, label } = example(dataset, 'train', 10);
    expect([...image]).toEqual([40, 41, 42, 43].map((byte) => Math.fround(byte / 255)));
    expect(label).toBe(0);
  });

  it('numbers the classes when there are more than the known ones, and takes colour', () => {
    const many = openFileDataset(pair('train', 12, 12, 2, 46)).dataset;
    expect(many?.fields['label']).toMatchObject({ classes: 47, classNames: expect.arrayContaining(['46']) });
    const [, labels] = pair('train', 2, 2) as [DataFile, DataFile];
    const colour = { name: 'train-images', bytes: idx(8, [2, 3, 4, 5], new Uint8Array(120)) };
    expect(openFileDataset([colour, labels]).dataset?.fields['image']?.shape).toEqual([3, 4, 5]);
  });

  it('chooses Fashion-MNIST by the path, or when asked for it', () => {
    const fashion = pair('train', 2, 2).map((file) => ({ ...file, name: `data/fashion-mnist/${file.name}` }));
    expect(openFileDataset(fashion).dataset?.fields['label']?.classNames?.[9]).toBe('Ankle boot');
    expect(openFileDataset(pair('train', 2, 2), { id: 'fashion-mnist' }).dataset?.id).toBe('fashion_mnist');
    expect(openFileDataset(fashion, { id: 'mnist' }).dataset?.id).toBe('mnist');
  });

  it('says what does not fit', () => {
    const [images, labels] = pair('t10k', 9998, 9998) as [DataFile, DataFile];
    const [, more] = pair('t10k', 1, 10_000) as [DataFile, DataFile];
    expect(problems([images, more])).toEqual([
      'E_COUNT test: labels hold 10,000 entries, images 9,998 (t10k-labels-idx1-ubyte, t10k-images-idx3-ubyte)',
    ]);
    expect(problems([images])).toEqual([
      'E_MISSING_FILE t10k-images-idx3-ubyte has no labels beside it: add the test labels',
    ]);
    expect(problems([labels])).toEqual([
      'E_MISSING_FILE t10k-labels-idx1-ubyte has no pictures beside it: add the test images',
    ]);
    expect(problems([images, labels, { ...images, name: 'test-b' }])).toEqual([
      'E_AMBIGUOUS t10k-images-idx3-ubyte and test-b both look like the test pictures',
    ]);
    expect(problems([...pair('train', 2, 2, 3), ...pair('test', 2, 2, 4)])).toEqual([
      'E_IMAGE_SHAPE test pictures are 1×4×4, the others 1×3×3',
    ]);
    expect(problems([{ ...images, bytes: images.bytes.subarray(0, 5000) }, labels])[0]).toMatch(
      /^E_TRUNCATED t10k-images-idx3-ubyte: is cut off/,
    );
    const packed = gzipSync(images.bytes);
    expect(
      problems([{ name: 't10k-images-idx3-ubyte.gz', bytes: packed.subarray(0, packed.length >> 1) }, labels])[0],
    ).toMatch(/^E_GZIP t10k-images-idx3-ubyte\.gz: the gzip data is damaged or cut off/);
    expect(problems([{ name: 'x.png', bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }])[0]).toMatch(
      /^E_DATA_UNKNOWN x\.png: not recognised/,
    );
    expect(problems([])).toEqual(['E_DATA_UNKNOWN there are no files']);
    expect(problems(pair('train', 2, 2), 'digits')[0]).toMatch(
      /^E_DATA_SOURCE “digits” is not a data set that is read from files/,
    );
    expect(openFileDataset([images, labels]).diagnostics.map((d) => d.code)).toEqual(['W_NO_TRAINING_DATA']);
  });
});

describe('CIFAR', () => {
  const batch = (count: number, label: number, pixel: number) => {
    const bytes = new Uint8Array(count * 3073).fill(pixel);
    for (let i = 0; i < count; i++) bytes[i * 3073] = label;
    return bytes;
  };

  it('joins batches in the order of their names', () => {
    const { dataset, diagnostics } = openFileDataset([
      { name: 'data_batch_2.bin', bytes: batch(3, 2, 20) },
      { name: 'test_batch.bin', bytes: batch(1, 7, 70) },
      { name: 'data_batch_1.bin', bytes: batch(2, 1, 10) },
      { name: 'readme.html', bytes: new TextEncoder().encode('<p>') },
    ]);
    expect(diagnostics.map((d) => d.message)).toEqual(['readme.html is not part of CIFAR-10']);
    expect([dataset?.id, dataset?.splits.train.count, dataset?.splits.test.count]).toEqual(['cifar10', 5, 1]);
    expect([1, 2, 4].map((i) => example(dataset, 'train', i).label)).toEqual([1, 2, 2]);
    expect(example(dataset, 'train', 2).image.every((value) => value === Math.fround(20 / 255))).toBe(true);
    expect(example(dataset, 'test', 0).label).toBe(7);
  });

  it('names the batch that is cut off', () => {
    expect(problems([{ name: 'data_batch_1.bin', bytes: batch(2, 1, 1).subarray(0, 5000) }])).toEqual([
      'E_TRUNCATED data_batch_1.bin: a CIFAR-10 batch is a whole number of 3,073-byte records, this file holds 1 of them and 1,927 bytes more',
    ]);
  });

  it('reads CIFAR-100 by its fine labels', () => {
    const bytes = new Uint8Array(2 * 3074);
    bytes[3074] = 19;
    bytes[3075] = 99;
    const names = new TextEncoder().encode(Array.from({ length: 100 }, (_, i) => `kind ${i}`).join('\n'));
    const { dataset } = openFileDataset([
      { name: 'train.bin', bytes },
      { name: 'fine_label_names.txt', bytes: names },
    ]);
    expect(example(dataset, 'train', 1).label).toBe(99);
    expect(dataset?.fields['label']?.classNames?.[99]).toBe('kind 99');
  });
});

describe('real files', () => {
  it.each([
    ['data/mnist', 'mnist', 20_000, 10_000],
    ['data/fashion-mnist', 'fashion_mnist', 698, 300],
  ])('reads %s as another reader does', (part, id, trainCount, testCount) => {
    const root = referenceData(part);
    if (root === undefined) return;
    const files = folder(root);
    const { dataset, diagnostics } = openFileDataset(files);
    expect(diagnostics.filter((d) => d.severity !== 'info')).toEqual([]);
    expect([dataset?.id, dataset?.splits.train.count, dataset?.splits.test.count]).toEqual([id, trainCount, testCount]);
    const raw = (name: string) => gunzipSync(readFileSync(join(root, name)));
    const pixels = raw('t10k-images-idx3-ubyte.gz');
    const labels = raw('t10k-labels-idx1-ubyte.gz');
    for (const index of [0, 1, testCount - 1]) {
      const { image, label } = example(dataset, 'test', index);
      expect(label).toBe(labels[8 + index]);
      expect([...image]).toEqual(
        [...pixels.subarray(16 + index * 784, 16 + (index + 1) * 784)].map((byte) => Math.fround(byte / 255)),
      );
    }
    // The first ten labels of MNIST's test set are known to everyone.
    if (id === 'mnist') {
      expect(Array.from({ length: 10 }, (_, i) => example(dataset, 'test', i).label)).toEqual([
        7, 2, 1, 0, 4, 1, 4, 9, 5, 9,
      ]);
    }
  });

  it('reads data/cifar-10 as another reader does', () => {
    const root = referenceData('data/cifar-10');
    if (root === undefined) return;
    const { dataset, diagnostics } = openFileDataset(folder(root));
    expect(diagnostics.filter((d) => d.severity !== 'info')).toEqual([]);
    expect([dataset?.id, dataset?.splits.train.count, dataset?.splits.test.count]).toEqual(['cifar10', 2000, 1000]);
    const raw = readFileSync(join(root, 'test_batch.bin'));
    const { image, label } = example(dataset, 'test', 999);
    expect(label).toBe(raw[999 * 3073]);
    expect([...image]).toEqual([...raw.subarray(999 * 3073 + 1)].map((byte) => Math.fround(byte / 255)));
    const names = readFileSync(join(root, 'batches.meta.txt'), 'utf8').trim().split('\n');
    expect(dataset?.fields['label']?.classNames).toEqual(names);
  });
});
