import { describe, expect, it } from 'vitest';
import { characterText } from '../../../../src/training/datasets/character-text.ts';
import { batchShape, type Dataset } from '../../../../src/training/datasets/dataset.ts';
import { openBuiltInDataset, openFileDataset } from '../../../../src/training/datasets/open-dataset.ts';

/** Reads one batch back as text, by the declared layout: time first. */
function windows(
  dataset: Dataset,
  field: string,
  split: 'train' | 'validation',
  indices: number[],
  length: number,
): string[] {
  const names = dataset.fields[field]?.classNames ?? [];
  const out = new Int32Array(length * indices.length).fill(-1);
  dataset.splits[split].fill(field, Int32Array.from(indices), 0, indices.length, out);
  return indices.map((_, n) => Array.from({ length }, (_, t) => names[out[t * indices.length + n] as number]).join(''));
}

describe('characters', () => {
  const { dataset } = openBuiltInDataset('characters', { length: 20 }, 0);
  if (dataset === null) throw new Error('characters did not open');

  it('gives windows of the text, time first, and the same windows one character on', () => {
    const field = dataset.fields['input'];
    expect(field && batchShape(field, 'N')).toEqual([20, 'N']);
    const indices = [0, 7, dataset.splits.train.count - 1];
    expect(windows(dataset, 'input', 'train', indices, 20)).toEqual(indices.map((i) => characterText.slice(i, i + 20)));
    expect(windows(dataset, 'target', 'train', indices, 20)).toEqual(
      indices.map((i) => characterText.slice(i + 1, i + 21)),
    );
  });

  it('validates on the end of the text, which no training window reaches', () => {
    const { train, validation } = dataset.splits;
    const edge = characterText.length - Math.floor(characterText.length / 10);
    expect(train.count).toBe(edge - 20);
    expect(windows(dataset, 'target', 'train', [train.count - 1], 20)).toEqual([characterText.slice(edge - 20, edge)]);
    expect(windows(dataset, 'input', 'validation', [0], 20)).toEqual([characterText.slice(edge, edge + 20)]);
    expect(windows(dataset, 'target', 'validation', [validation.count - 1], 20)).toEqual([characterText.slice(-20)]);
  });

  it('lists a vocabulary that holds each character of the text once and fits the 64 rows of the example', () => {
    const names = dataset.fields['target']?.classNames ?? [];
    expect(new Set(names)).toEqual(new Set(characterText));
    expect(names.length).toBe(new Set(names).size);
    expect(names.length).toBeLessThanOrEqual(64);
  });
});

describe('text', () => {
  it('cuts the user’s own text alike, non-ASCII characters included', () => {
    const content = 'Ärger über Öl? '.repeat(30);
    const { dataset, diagnostics } = openFileDataset([{ name: 'a/öl.txt', bytes: new TextEncoder().encode(content) }], {
      options: { length: 10 },
    });
    expect(diagnostics).toEqual([]);
    expect(dataset?.title).toBe('öl.txt');
    expect(dataset && windows(dataset, 'input', 'train', [3], 10)).toEqual([content.slice(3, 13)]);
  });

  it('says what it cannot use', () => {
    const problem = (bytes: Uint8Array) =>
      openFileDataset([{ name: 'a.txt', bytes }]).diagnostics.map((d) => `${d.code} ${d.message}`);
    expect(problem(Uint8Array.of(0xff, 0xfe, 0))).toEqual(['E_TEXT a.txt: is not text in UTF-8']);
    expect(problem(new TextEncoder().encode('short'))).toEqual([
      'E_EMPTY a.txt: holds 5 characters, too few for examples of 32',
    ]);
  });
});
