// sqrt: square root.                             Formula  y = √x
// Shapes  x any  y as x                          Gradient  dx = dy/(2y); ∞ at x = 0, as PyTorch
// Source  PyTorch sqrt, ONNX Sqrt-13             Cost  1 flop an element; NaN below 0
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const sqrt = defineOperator({
  id: 'sqrt',
  family: 'arithmetic',
  title: 'Square root',
  summary: 'The square root of every element.',
  formula: 'y = \\sqrt{x}',
  gradientFormula: 'dx = \\frac{dy}{2 y}',
  gradientNote: '∞ at x = 0, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sqrt; ONNX Sqrt',
  keywords: ['root'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.sqrt(x),
    pull: (e, dy, y) => e.div(dy, e.add(y, y)),
    reference: Math.sqrt,
    call: (x) => `√${x}`,
    range: { low: 0.2, high: 3 },
  }),
  onnx: { op: 'Sqrt' },
  pytorch: 'torch.sqrt',
});
