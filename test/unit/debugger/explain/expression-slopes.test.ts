// Slopes of every function of kernels against central differences of the float64 loops.
import { describe, expect, test } from 'vitest';
import { expressionSlopes } from '../../../../src/debugger/explain/rows/expression-slopes.ts';
import { compileExpression } from '../../../../src/kernels/reference/expression.ts';
import type { BinaryFunction, Expression, UnaryFunction } from '../../../../src/program/kernel-spec.ts';

const nowhere = new Int32Array(0);

function compare(body: readonly Expression[], at: readonly number[]): void {
  const line = body.length - 1;
  const value = (read: readonly number[]) => compileExpression(body)(Float64Array.from(read), nowhere)[line] as number;
  const slopes = expressionSlopes(body, line, Float64Array.from(at), nowhere);
  at.forEach((x, i) => {
    const h = 1e-5;
    const slope = (value(at.with(i, x + h)) - value(at.with(i, x - h))) / (2 * h);
    expect(slopes.get(i)?.slope ?? 0, `∂/∂${i} at ${at}`).toBeCloseTo(slope, 6);
  });
}

const unary: readonly UnaryFunction[] = [
  'neg',
  'abs',
  'sign',
  'exp',
  'log',
  'sqrt',
  'sin',
  'cos',
  'tanh',
  'sigmoid',
  'erf',
  'reciprocal',
  'floor',
  'round',
  'softplus',
  'flush',
  'not',
];
const binary: readonly BinaryFunction[] = ['add', 'sub', 'mul', 'div', 'pow', 'max', 'min', 'gt', 'le', 'eq', 'and'];

describe('one function', () => {
  test.each(unary)('%s', (op) => {
    const points = op === 'log' || op === 'sqrt' ? [0.3, 1.7] : [-1.3, -0.4, 0.3, 1.7];
    for (const x of points)
      compare(
        [
          { op: 'input', input: 0 },
          { op, a: 0 },
        ],
        [x],
      );
  });

  test.each(binary)('%s', (op) => {
    for (const at of [
      [0.7, 1.9],
      [1.4, -0.6],
    ] as const)
      compare(
        [
          { op: 'input', input: 0 },
          { op: 'input', input: 1 },
          { op, a: 0, b: 1 },
        ],
        at,
      );
  });

  test('powers of negative numbers and of zero', () => {
    const body: Expression[] = [
      { op: 'input', input: 0 },
      { op: 'const', value: 3 },
      { op: 'pow', a: 0, b: 1 },
    ];
    for (const x of [-1.2, 0, 0.8]) compare(body, [x]);
  });
});

test('lines that are used twice add up, choices follow their side, a plain product names its factor', () => {
  const square: Expression[] = [
    { op: 'input', input: 0 },
    { op: 'mul', a: 0, b: 0 },
    { op: 'add', a: 1, b: 0 },
  ];
  compare(square, [1.5]);
  const choice: Expression[] = [
    { op: 'input', input: 0 },
    { op: 'input', input: 1 },
    { op: 'gt', a: 0, b: 1 },
    { op: 'sin', a: 1 },
    { op: 'select', condition: 2, a: 0, b: 3 },
  ];
  compare(choice, [1, 0.2]);
  compare(choice, [0.2, 1]);
  const product: Expression[] = [
    { op: 'input', input: 0 },
    { op: 'input', input: 1 },
    { op: 'mul', a: 0, b: 1 },
  ];
  const slopes = expressionSlopes(product, 2, Float64Array.of(3, 5), nowhere);
  expect(slopes.get(0)).toEqual({ slope: 5, by: 1 });
  expect(slopes.get(1)).toEqual({ slope: 3, by: 0 });
});
