import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../../src/training/datasets/dataset.ts';
import { openFileDataset } from '../../../../src/training/datasets/open-dataset.ts';
import { referenceData } from './reference-data.ts';

function open(text: string | Uint8Array, options: unknown = {}, name = 'a.csv') {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return openFileDataset([{ name, bytes }], { options });
}

function row(dataset: Dataset | null, index: number): number[] {
  if (dataset === null) throw new Error('the table did not open');
  const features = dataset.fields['x']?.shape[0] ?? 0;
  const x = new Float32Array(features);
  const wanted = new Float32Array(1);
  dataset.splits.train.fill('x', Int32Array.of(index), 0, 1, x);
  dataset.splits.train.fill(dataset.fields['label'] ? 'label' : 'target', Int32Array.of(index), 0, 1, wanted);
  return [...x, ...wanted];
}

describe('table', () => {
  it('numbers words as classes and passes over column names', () => {
    const { dataset, diagnostics } = open('width,height,kind\n1,2.5,pear\n-3,4e2,apple\n');
    expect(diagnostics).toEqual([]);
    expect(dataset?.fields['x']?.shape).toEqual([2]);
    expect(dataset?.fields['label']?.classNames).toEqual(['apple', 'pear']);
    expect([row(dataset, 0), row(dataset, 1)]).toEqual([[1, 2.5, 1], [-3, 400, 0]]); // biome-ignore format: rows
  });

  it('tells classes from quantities, unless told', () => {
    const whole = '1,0\n2,1\n3,2\n4,0';
    expect(open(whole).dataset?.fields['label']?.classes).toBe(3);
    expect(open(whole, { predict: 'quantity' }).dataset?.fields['target']).toMatchObject({
      dtype: 'float32',
      shape: [1],
    });
    const price = open('1,250.5\n2,300').dataset;
    expect([price?.fields['label'], row(price, 0)]).toEqual([undefined, [1, 250.5]]);
    expect(open('1,7\n2,3').dataset?.fields['target']).toBeDefined();
    expect(open('1,7\n2,3', { predict: 'class' }).dataset?.fields['label']?.classes).toBe(8);
  });

  it('says which cell is wrong', () => {
    const problem = (text: string, options = {}) =>
      open(text, options).diagnostics.map((d) => `${d.code} ${d.message}`);
    expect(problem('1,2,0\n3,?,1')).toEqual(['E_NUMBER a.csv: row 2, column 2 holds “?”, not a number']);
    expect(problem('1,2,0\n3,1')).toEqual(['E_COLUMNS a.csv: row 2 has 2 columns, the first has 3']);
    expect(problem('1,2,a\n3,1,b', { predict: 'quantity' })).toEqual([
      'E_NUMBER a.csv: row 1, column 3 holds “a”, not a number',
    ]);
    expect(problem('1\n2')).toEqual(['E_EMPTY a.csv: holds no rows of at least two columns']);
  });

  it('reads scikit-learn’s Iris, Wine, breast cancer and digits', () => {
    const root = referenceData('data/tabular');
    if (root === undefined) return;
    const facts = ['iris.csv', 'wine_data.csv', 'breast_cancer.csv', 'digits.csv.gz'].map((name) => {
      const { dataset, diagnostics } = open(new Uint8Array(readFileSync(`${root}/${name}`)), {}, name);
      expect(diagnostics).toEqual([]);
      return [
        dataset?.splits.train.count,
        dataset?.fields['x']?.shape[0],
        dataset?.fields['label']?.classNames?.join(' '),
      ];
    });
    expect(facts).toEqual([
      [150, 4, 'setosa versicolor virginica'],
      [178, 13, 'class_0 class_1 class_2'],
      [569, 30, 'malignant benign'],
      [1797, 64, '0 1 2 3 4 5 6 7 8 9'],
    ]);
    const iris = open(new Uint8Array(readFileSync(`${root}/iris.csv`)), {}, 'iris.csv').dataset;
    expect(row(iris, 0)).toEqual([5.1, 3.5, 1.4, 0.2, 0].map(Math.fround));
  });
});
