// sinh: hyperbolic sine.                         Formula  y = (eˣ − e⁻ˣ)/2
// Shapes  x any  y as x                          Gradient  dx = dy·cosh x
// Source  PyTorch sinh, ONNX Sinh-9              Cost  1 flop an element; overflows to ±∞ above 88.7
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { defineOperator } from '../define-operator.ts';
import { halfSum } from '../support/half-sum.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

/** Around 0, where the exponentials nearly cancel: x + x³/3! + … to below 1e-15 on [−1, 1]. */
function seriesOf(e: ExpressionBuilder, x: Line): Line {
  const square = e.mul(x, x);
  let sum = e.constant(1);
  for (let n = 16; n > 0; n -= 2) {
    sum = e.add(e.constant(1), e.mul(e.mul(square, e.constant(1 / (n * (n + 1)))), sum));
  }
  return e.mul(x, sum);
}

export const sinh = defineOperator({
  id: 'sinh',
  family: 'arithmetic',
  title: 'Hyperbolic sine',
  summary: 'Half the difference of growing and falling exponential.',
  formula: 'y = \\frac{e^x - e^{-x}}{2}',
  gradientFormula: 'dx = dy \\odot \\cosh x',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sinh; ONNX Sinh',
  keywords: ['hyperbolic sine'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.select(e.lt(e.abs(x), e.constant(1)), seriesOf(e, x), halfSum(e, x, -1)),
    slope: (e, x) => halfSum(e, x, 1),
    reference: Math.sinh,
    call: (x) => `sinh(${x})`,
  }),
  onnx: { op: 'Sinh' },
  pytorch: 'torch.sinh',
});
