// sum_square: sum of squares.  Formula  y = Σ x²
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = 2x·dy
// Source  ONNX ReduceSumSquare-13  Cost  2 flops an element of x
import { defineOperator } from '../define-operator.ts';
import { sumOf } from '../support/sum-of.ts';

export const sumSquare = defineOperator({
  id: 'sum_square',
  family: 'reduction',
  title: 'Sum of squares',
  summary: 'Adds squares up, over some dimensions or all.',
  formula: 'y = \\sum_i x_i^2',
  gradientFormula: 'dx_i = 2 x_i\\, dy',
  source: 'ONNX ReduceSumSquare',
  keywords: ['reduce sum square', 'energy', 'l2 squared'],
  ...sumOf({
    text: 'x²',
    value: (e, x) => e.mul(x, x),
    slope: (e, x) => e.add(x, x),
    reference: (x) => x * x,
    exactly: (x) => Math.imul(x, x),
  }),
  onnx: { op: 'ReduceSumSquare', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: null,
});
