// Writes expression bodies: `e.mul(e.sub(x, mean), scale)`. Equal lines are written once.
import type { BinaryFunction, Expression, UnaryFunction } from './kernel-spec.ts';

declare const lineBrand: unique symbol;
/** Index of a line in the body being written. */
export type Line = number & { readonly [lineBrand]: true };

export type ExpressionBuilder = { [F in UnaryFunction]: (a: Line) => Line } & {
  [F in BinaryFunction]: (a: Line, b: Line) => Line;
} & {
  constant(value: number): Line;
  input(index: number): Line;
  coordinate(axis: number): Line;
  select(condition: Line, a: Line, b: Line): Line;
};

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
const binary: readonly BinaryFunction[] = [
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'max',
  'min',
  'gt',
  'ge',
  'lt',
  'le',
  'eq',
  'ne',
  'and',
  'or',
];

/** A builder and the body that it writes. */
export function createExpressionBuilder(): { builder: ExpressionBuilder; body: Expression[] } {
  const body: Expression[] = [];
  const known = new Map<string, number>();
  const push = (key: string, line: Expression): Line => {
    const index = known.get(key) ?? body.push(line) - 1;
    known.set(key, index);
    return index as Line;
  };
  const builder: Record<string, unknown> = {
    constant: (value: number) => push(`const ${Object.is(value, -0) ? '-0' : value}`, { op: 'const', value }),
    input: (index: number) => push(`input ${index}`, { op: 'input', input: index }),
    coordinate: (axis: number) => push(`coord ${axis}`, { op: 'coord', axis }),
    select: (condition: number, a: number, b: number) =>
      push(`select ${condition} ${a} ${b}`, { op: 'select', condition, a, b }),
  };
  for (const op of unary) builder[op] = (a: number) => push(`${op} ${a}`, { op, a });
  for (const op of binary) builder[op] = (a: number, b: number) => push(`${op} ${a} ${b}`, { op, a, b });
  return { builder: builder as ExpressionBuilder, body };
}
