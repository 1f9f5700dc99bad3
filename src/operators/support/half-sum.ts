import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';

/** (eˣ ± e⁻ˣ)/2 */
export function halfSum(e: ExpressionBuilder, x: Line, sign: 1 | -1): Line {
  const half = (exponential: Line, by: number) => e.mul(e.constant(by / 2), exponential);
  return e.add(half(e.exp(x), 1), half(e.exp(e.neg(x)), sign));
}
