import type { BinaryFunction, Expression, IntegerSpec, UnaryFunction } from '../../program/kernel-spec.ts';
import { assert } from '../../tensor/assert.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { integerDivide, integerPower } from '../../tensor/integer.ts';
import { keptStrides } from './reduce.ts';
import { walk } from './walk.ts';

type By = IntegerSpec['by'];

/** What an empty set folds to; of max and min the int32 nearest to the infinity. */
export const integerIdentity: { readonly [B in By]: number } = { sum: 0, prod: 1, max: -(2 ** 31), min: 2 ** 31 - 1 };

const fold: { readonly [B in By]: (a: number, b: number) => number } = {
  sum: (a, b) => (a + b) | 0,
  prod: Math.imul,
  max: Math.max,
  min: Math.min,
};

const unary: { readonly [F in UnaryFunction]?: (a: number) => number } = {
  neg: (a) => -a | 0,
  abs: (a) => Math.abs(a) | 0,
  sign: Math.sign,
  floor: (a) => a,
  round: (a) => a,
  not: (a) => Number(a === 0),
};

const binary: { readonly [F in BinaryFunction]: (a: number, b: number) => number } = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: Math.imul,
  div: integerDivide,
  pow: integerPower,
  max: Math.max,
  min: Math.min,
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  and: (a, b) => Number(a !== 0 && b !== 0),
  or: (a, b) => Number(a !== 0 || b !== 0),
};

function lineValue(e: Expression, lines: Int32Array, read: (input: number) => number, index: Int32Array): number {
  const line = (at: number) => lines[at] as number;
  switch (e.op) {
    case 'input':
      return read(e.input);
    case 'const':
      return e.value;
    case 'coord':
      return index[e.axis] as number;
    case 'select':
      return line(e.condition) === 0 ? line(e.b) : line(e.a);
    default: {
      if ('b' in e) return binary[e.op](line(e.a), line(e.b));
      const apply = unary[e.op];
      assert(apply, `${e.op} of whole numbers`);
      return apply(line(e.a));
    }
  }
}

/** Integer body over `shape`, folded over `axes` by `by`; int32, wrapping as the kernel's. */
export function integer(spec: IntegerSpec, inputs: readonly NumericArray[], outputs: readonly NumericArray[]): void {
  const { shape, axes, by, body } = spec;
  const y = outputs[0] as NumericArray;
  const lines = new Int32Array(body.length);
  const target = { offset: 0, strides: keptStrides(shape, axes) };
  y.fill(integerIdentity[by]);
  walk(shape, [...spec.inputs, target], (index, at) => {
    const read = (input: number) => inputs[input]?.[at[input] as number] as number;
    body.forEach((e, k) => {
      lines[k] = lineValue(e, lines, read, index);
    });
    const to = at[spec.inputs.length] as number;
    const value = lines[body.length - 1] as number;
    y[to] = axes.length === 0 ? value : fold[by](y[to] as number, value);
  });
}
