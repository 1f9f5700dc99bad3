// reciprocal: one over x.                        Formula  y = 1/x
// Shapes  x any  y as x                          Gradient  dx = −dy·y²
// Source  PyTorch reciprocal, ONNX Reciprocal-13 Cost  1 flop an element; ±∞ at 0
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const reciprocal = defineOperator({
  id: 'reciprocal',
  family: 'arithmetic',
  title: 'Reciprocal',
  summary: 'One divided by every element.',
  formula: 'y = \\frac{1}{x}',
  gradientFormula: 'dx = -dy \\odot y^2',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.reciprocal; ONNX Reciprocal',
  keywords: ['inverse', '1/x'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.reciprocal(x),
    pull: (e, dy, y) => e.neg(e.mul(dy, e.mul(y, y))),
    reference: (x) => 1 / x,
    call: (x) => `1 / ${x}`,
    range: { low: 0.2, high: 3 },
  }),
  onnx: { op: 'Reciprocal' },
  pytorch: 'torch.reciprocal',
});
