import { describe, expect, it } from 'vitest';
import type { Expression, ReduceSpec } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';
import {
  compare,
  generator,
  library,
  type Next,
  pick,
  randomBody,
  randomBuffer,
  randomInput,
  randomShape,
} from '../../support/random-specs.ts';

const finishes: readonly (readonly Expression[])[] = [
  [],
  [{ op: 'input', input: 0 }],
  [
    { op: 'input', input: 0 },
    { op: 'const', value: 0.125 },
    { op: 'mul', a: 0, b: 1 },
    { op: 'mul', a: 0, b: 2 },
    { op: 'add', a: 1, b: 3 },
  ],
];

function randomReduce(next: Next) {
  const shape = randomShape(next);
  const axes = shape.map((_, axis) => axis).filter(() => next() > 0.5);
  const inputs = Array.from({ length: Math.floor(next() * 3.5) }, () => randomInput(next, shape));
  const body = randomBody(next, inputs.length, shape.length);
  const outputs = Array.from({ length: 1 + Math.floor(next() * 3) }, () => ({
    value: next() > 0.5 ? body.length - 1 : Math.floor(next() * body.length),
    by: pick(next, ['sum', 'sum', 'max', 'min'] as const),
    finish: pick(next, finishes),
  }));
  const spec: ReduceSpec = { op: 'reduce', shape, axes, inputs: inputs.map(({ access }) => access), body, outputs };
  const kept = shape.filter((_, axis) => !axes.includes(axis)).reduce((a, b) => a * b, 1);
  return {
    spec,
    buffers: inputs.map(({ length }) => randomBuffer(next, length)),
    lengths: outputs.map(() => kept),
  };
}

/** A mean over one axis of a contiguous matrix. */
function mean(rows: number, columns: number, axis: 0 | 1): ReduceSpec {
  const count = axis === 0 ? rows : columns;
  return {
    op: 'reduce',
    shape: [rows, columns],
    axes: [axis],
    inputs: [{ dtype: 'float32', offset: 0, strides: [columns, 1] }],
    body: [{ op: 'input', input: 0 }],
    outputs: [
      {
        value: 0,
        by: 'sum',
        finish: [
          { op: 'input', input: 0 },
          { op: 'const', value: count },
          { op: 'div', a: 0, b: 1 },
        ],
      },
    ],
  };
}

function kernelOf(spec: ReduceSpec, inputs: readonly Float32Array[], count: number): Float32Array {
  return runKernel(library, spec, inputs, [new Float32Array(count)]).outputs[0] as Float32Array;
}

describe('generated reductions', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))('equal the reference on random layouts, series %i', (seed) => {
    for (let round = 0; round < 12; round++) {
      const next = generator(7000 + 100 * seed + round);
      const { spec, buffers, lengths } = randomReduce(next);
      const { error, damaged, splitsAgree } = compare(spec, buffers, lengths, next);
      const where = JSON.stringify(spec);
      expect(damaged, where).toBe(0);
      expect(splitsAgree, where).toBe(true);
      expect(error, where).toBeLessThan(1e-4); // cancelling sums of large terms; see the next test for accuracy
    }
  });

  it.each([
    ['along rows', 2, 1_000_003, 1],
    ['across rows', 1_000_003, 2, 0],
    ['across wide rows', 40_009, 27, 0],
  ] as const)('keep the mean of a million numbers within 1e-6, %s', (_, rows, columns, axis) => {
    const next = generator(11);
    const kept = axis === 0 ? columns : rows;
    for (const draw of [() => 0.1, () => 1e4 + next(), next, () => 3 + next() ** 8]) {
      const x = Float32Array.from({ length: rows * columns }, draw);
      const got = kernelOf(mean(rows, columns, axis), [x], kept);
      for (let at = 0; at < kept; at += 5) {
        let sum = 0;
        for (let i = at * (axis === 0 ? 1 : columns), left = x.length / kept; left > 0; left--) {
          sum += x[i] as number;
          i += axis === 0 ? columns : 1;
        }
        const want = sum / (x.length / kept);
        expect(Math.abs((got[at] as number) / want - 1)).toBeLessThan(1e-6);
      }
    }
  });

  it('give the identity through finish over an empty set, and nothing for no outputs', () => {
    const next = generator(5);
    const spec: ReduceSpec = {
      op: 'reduce',
      shape: [5, 0],
      axes: [1],
      inputs: [{ dtype: 'float32', offset: 0, strides: [0, 1] }],
      body: [{ op: 'input', input: 0 }],
      outputs: (['sum', 'prod', 'max', 'min'] as const).map((by) => ({
        value: 0,
        by,
        finish: finishes[2] as Expression[],
      })),
    };
    const four = [5, 5, 5, 5];
    expect(compare(spec, [new Float32Array(1)], four, next)).toEqual({ error: 0, damaged: 0, splitsAgree: true });
    expect(library.extent({ ...spec, axes: [0], shape: [5, 0] })).toBe(0);
  });

  it('keep NaN and infinities', () => {
    const x = Float32Array.from({ length: 300 }, (_, i) => i);
    const by = (kind: 'sum' | 'max' | 'min' | 'prod', rows: number, columns: number, axis: 0 | 1) => {
      const spec = mean(rows, columns, axis);
      const count = axis === 0 ? columns : rows;
      return kernelOf({ ...spec, outputs: [{ value: 0, by: kind, finish: [] }] }, [x], count);
    };
    for (const at of [0, 3, 77, 298, 299]) {
      x[at] = Number.NaN;
      for (const kind of ['sum', 'max', 'min', 'prod'] as const) {
        expect([...by(kind, 1, 300, 1)], `${kind} ${at}`).toEqual([Number.NaN]);
        expect([...by(kind, 300, 1, 0)], `${kind} ${at}`).toEqual([Number.NaN]);
        const columns = [...by(kind, 50, 6, 0)];
        expect(columns.map(Number.isNaN)).toEqual(columns.map((_, column) => column === at % 6));
      }
      x[at] = Number.POSITIVE_INFINITY;
      expect([...by('sum', 1, 300, 1), ...by('max', 1, 300, 1)]).toEqual([Infinity, Infinity]);
      expect(by('sum', 50, 6, 0)[at % 6]).toBe(Infinity);
      x[at] = at;
    }
  });

  it('multiply', () => {
    const next = generator(6);
    const x = Float32Array.from({ length: 7 * 130 }, () => 0.9 + 0.2 * next());
    for (const axis of [0, 1] as const) {
      const spec: ReduceSpec = { ...mean(7, 130, axis), outputs: [{ value: 0, by: 'prod', finish: [] }] };
      expect(compare(spec, [x], [axis === 0 ? 130 : 7], next).error).toBeLessThan(5e-6);
    }
  });
});
