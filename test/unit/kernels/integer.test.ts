// Whole numbers: generated code against the plain loops on random layouts, and both against exact integers cut to 32 bits.
import { describe, expect, it } from 'vitest';
import type { Expression, IntegerSpec } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';
import { compare, generator, library, type Next, pick, randomInput, randomShape } from '../../support/random-specs.ts';

const extremes = [-(2 ** 31), 2 ** 31 - 1, -1, 0, 1, 2, 2 ** 24 + 1, -(2 ** 24) - 3, 46_341, 7, -7];

function randomNumbers(next: Next, length: number): Int32Array {
  return Int32Array.from({ length }, () => (next() < 0.5 ? pick(next, extremes) : Math.floor(next() * 41) - 20));
}

function randomBody(next: Next, inputs: number, rank: number): Expression[] {
  const body: Expression[] = Array.from({ length: inputs }, (_, input) => ({ op: 'input', input }));
  if (rank > 0 && next() > 0.6) body.push({ op: 'coord', axis: Math.floor(next() * rank) });
  if (body.length === 0 || next() > 0.4) body.push({ op: 'const', value: pick(next, extremes) });
  const line = () => Math.floor(next() * body.length);
  const binary = 'add sub mul div pow max min gt ge lt le eq ne and or'.split(' ') as 'add'[];
  const unary = 'neg abs sign floor round not'.split(' ') as 'neg'[];
  for (let more = Math.floor(next() * 6); more > 0; more--) {
    if (next() < 0.6) body.push({ op: pick(next, binary), a: line(), b: line() });
    else if (next() < 0.5) body.push({ op: 'select', condition: line(), a: line(), b: line() });
    else body.push({ op: pick(next, unary), a: line() });
  }
  return body;
}

/** Exact integers, cut to 32 bits. */
const exact: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  pow: (a, b) => (b >= 0n ? a ** b : a === 1n || a === -1n ? a ** -b : 0n),
  max: (a, b) => (a - b > 0n ? a : b),
  min: (a, b) => (a - b < 0n ? a : b),
  gt: (a, b) => (a > b ? 1n : 0n),
  eq: (a, b) => (a === b ? 1n : 0n),
};

describe('generated code for whole numbers', () => {
  it('agrees with the plain loops on random bodies, layouts and folds', () => {
    const next = generator(11);
    for (let round = 0; round < 150; round++) {
      const shape = randomShape(next, 4, 600);
      const layouts = Array.from({ length: Math.floor(next() * 3) }, () => randomInput(next, shape));
      const spec: IntegerSpec = {
        op: 'integer',
        shape,
        axes: shape.flatMap((_, axis) => (next() < 0.35 ? [axis] : [])),
        by: pick(next, ['sum', 'prod', 'max', 'min'] as const),
        inputs: layouts.map(({ access }) => ({ ...access, dtype: 'int32' })),
        body: randomBody(next, layouts.length, shape.length),
      };
      const inputs = layouts.map(({ length }) => randomNumbers(next, length));
      const count = shape.reduce((total, size, axis) => (spec.axes.includes(axis) ? total : total * size), 1);
      const good = { error: 0, damaged: 0, splitsAgree: true };
      expect(compare(spec, inputs, [count], next, [true]), JSON.stringify(spec)).toEqual(good);
    }
  });

  it.each(Object.keys(exact))('%s is exact over the whole range', (op) => {
    const numbers = op === 'pow' ? extremes.filter((n) => Math.abs(n) < 100) : extremes;
    const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const));
    const access = { dtype: 'int32', offset: 0, strides: [1] } as const;
    const body = [
      { op: 'input', input: 0 },
      { op: 'input', input: 1 },
      { op: op as 'add', a: 0, b: 1 },
    ] as const;
    const spec: IntegerSpec = {
      op: 'integer',
      shape: [pairs.length],
      axes: [],
      by: 'sum',
      inputs: [access, access],
      body,
    };
    const inputs = [0, 1].map((k) => Int32Array.from(pairs, (pair) => pair[k] as number));
    const [result] = runKernel(library, spec, inputs, [new Int32Array(pairs.length)]).outputs;
    const want = pairs.map(([a, b]) => Number(BigInt.asIntN(32, exact[op]?.(BigInt(a), BigInt(b)) ?? 0n)));
    expect([...(result as Int32Array)]).toEqual(want);
  });

  it('folds nothing to the identity', () => {
    for (const [by, identity] of [
      ['sum', 0],
      ['prod', 1],
      ['max', -(2 ** 31)],
      ['min', 2 ** 31 - 1],
    ] as const) {
      const inputs = [{ dtype: 'int32', offset: 0, strides: [0, 1] }] as const;
      const spec: IntegerSpec = {
        op: 'integer',
        shape: [2, 0],
        axes: [1],
        by,
        inputs,
        body: [{ op: 'input', input: 0 }],
      };
      const [result] = runKernel(library, spec, [new Int32Array(0)], [new Int32Array(2)]).outputs;
      expect([...(result as Int32Array)]).toEqual([identity, identity]);
    }
  });
});
