// Operators on int32: the results are int32 and exact, beyond what float32 holds, in plain kernels and generated code alike.
// Truth: BigInt arithmetic cut to 32 bits, division towards 0 as ONNX and C have it.
import { describe, expect, test } from 'vitest';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import { type OpId, operators } from '../../../src/operators/registry.generated.ts';
import type { Shape } from '../../../src/tensor/shape.ts';
import { inferOperator, type Numbers, referenceOutputs, runOperator } from '../../support/operator-harness.ts';
import { createWasmRunner } from '../../support/wasm-runner.ts';

const numbers = [7, -7, 0, 3, -(2 ** 31), 2 ** 31 - 1, 2 ** 24 + 1, -(2 ** 24) - 1, 65_537, -1, 2, 5];
const others = [2, 2, 5, -3, -1, 1, 1, 2, 65_537, 2 ** 30, 3, 0];

const int32 = (data: readonly number[], shape: Shape = [data.length]): Numbers => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(data),
});
const cut = (x: bigint) => Number(BigInt.asIntN(32, x));
const pairs = (f: (a: bigint, b: bigint) => bigint) =>
  numbers.map((a, i) => cut(f(BigInt(a), BigInt(others[i] as number))));
const each = (f: (x: bigint) => bigint) => numbers.map((x) => cut(f(BigInt(x))));
const rows = (f: (row: readonly bigint[]) => bigint) =>
  [0, 1, 2].map((row) => cut(f(numbers.slice(4 * row, 4 * row + 4).map(BigInt))));
const both = { a: int32(numbers), b: int32(others) };
const one = { x: int32(numbers) };
const table = { x: int32(numbers, [3, 4]) };
const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
const size = (x: bigint) => (x < 0n ? -x : x);
const along = { dim: [1] };

interface Case {
  readonly op: OpId;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly want: readonly number[];
}

const cases: readonly Case[] = [
  { op: 'add', inputs: both, want: pairs((a, b) => a + b) },
  { op: 'sub', inputs: both, want: pairs((a, b) => a - b) },
  { op: 'mul', inputs: both, want: pairs((a, b) => a * b) },
  { op: 'div', inputs: both, want: pairs((a, b) => (b === 0n ? 0n : a / b)) },
  { op: 'maximum', inputs: both, want: pairs(larger) },
  { op: 'minimum', inputs: both, want: pairs(smaller) },
  { op: 'equal', inputs: { a: int32([2 ** 24, 5]), b: int32([2 ** 24 + 1, 5]) }, want: [0, 1] },
  { op: 'less', inputs: { a: int32([2 ** 24, 5]), b: int32([2 ** 24 + 1, 5]) }, want: [1, 0] },
  {
    op: 'pow',
    inputs: { a: int32([3, -2, 7, 0]), b: int32([19, 31, -1, 0]) },
    want: [1_162_261_467, -(2 ** 31), 0, 1],
  },
  { op: 'pow', inputs: { a: int32([40_001, -3]) }, attributes: { exponent: 2 }, want: [1_600_080_001, 9] },
  { op: 'neg', inputs: one, want: each((x) => -x) },
  { op: 'abs', inputs: one, want: each(size) },
  { op: 'sign', inputs: one, want: numbers.map(Math.sign) },
  { op: 'square', inputs: one, want: each((x) => x * x) },
  {
    op: 'clamp',
    inputs: one,
    attributes: { min: -2.5, max: 2 ** 24 + 1 },
    want: each((x) => smaller(larger(x, -2n), 16_777_217n)),
  },
  { op: 'sum', inputs: table, attributes: along, want: rows((row) => row.reduce((a, b) => a + b)) },
  { op: 'prod', inputs: table, attributes: along, want: rows((row) => row.reduce((a, b) => a * b)) },
  { op: 'amax', inputs: table, attributes: along, want: rows((row) => row.reduce(larger)) },
  { op: 'amin', inputs: table, attributes: along, want: rows((row) => row.reduce(smaller)) },
  { op: 'l1_norm', inputs: table, attributes: along, want: rows((row) => row.map(size).reduce((a, b) => a + b)) },
  { op: 'sum_square', inputs: table, attributes: along, want: rows((row) => row.reduce((a, b) => a + b * b, 0n)) },
  { op: 'transpose', inputs: table, want: [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11].map((i) => numbers[i] as number) },
  {
    op: 'slice',
    inputs: one,
    attributes: { starts: [-1], ends: [3], steps: [-2] },
    want: [11, 9, 7, 5].map((i) => numbers[i] as number),
  },
  {
    op: 'concat',
    inputs: { x0: int32([2 ** 24 + 1]), x1: int32([-5]) },
    attributes: { dim: 0 },
    want: [2 ** 24 + 1, -5],
  },
  { op: 'pad', inputs: { x: int32([2 ** 24 + 1]) }, attributes: { pad: [1, 0], value: -3 }, want: [-3, 2 ** 24 + 1] },
  { op: 'gather', inputs: { x: int32(numbers), indices: int32([6, -1, 4]) }, want: [2 ** 24 + 1, 5, -(2 ** 31)] },
  {
    op: 'where',
    inputs: { condition: int32([1, 0]), a: int32([2 ** 24 + 1, 0]), b: int32([0, -(2 ** 24) - 1]) },
    want: [2 ** 24 + 1, -(2 ** 24) - 1],
  },
];

const runners = { 'plain kernels': () => runReference, 'generated code': () => createWasmRunner('fast') };

describe.each(Object.entries(runners))('%s', (_, create) => {
  const run = create();
  test.each(cases)('$op $attributes', ({ op, inputs, attributes = {}, want }) => {
    const { outputs } = runOperator(operators[op], { attributes, inputs, precision: 'float32', run });
    expect(outputs['y']?.dtype).toBe('int32');
    expect(Array.from(outputs['y']?.data ?? [])).toEqual(want.map((x) => x + 0));
  });
});

test.each(cases)('the reference of $op $attributes', ({ op, inputs, attributes = {}, want }) => {
  const operator = operators[op];
  const inference = inferOperator(operator, { attributes, inputs });
  const { inferred } = inference;
  expect(inference.diagnostics).toEqual([]);
  if (!inferred) return;
  const told = referenceOutputs(operator, inference.attributes, inferred, { inputs, state: {}, mode: 'eval' });
  expect([...(told['y'] as Float64Array)].map((x) => x + 0)).toEqual(want.map((x) => x + 0));
});

test('float32 and int32 are not mixed by chance', () => {
  const { diagnostics } = inferOperator(operators.mul, {
    inputs: { a: { dtype: 'float32', shape: [2] }, b: { dtype: 'int32', shape: [2] } },
  });
  expect(diagnostics).toMatchObject([{ code: 'E_DTYPE', at: { port: 'b' }, fixes: [{ kind: 'insert', op: 'cast' }] }]);
});
