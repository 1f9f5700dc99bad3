// square: elementwise square.                    Formula  y = x²
// Shapes  x any  y as x                          Gradient  dx = 2x·dy
// Source  PyTorch square                         Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { anyFunction } from '../support/unary-function.ts';

export const square = defineOperator({
  id: 'square',
  family: 'arithmetic',
  title: 'Square',
  summary: 'Every element times itself.',
  formula: 'y = x^2',
  gradientFormula: 'dx = 2 x \\odot dy',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.square',
  keywords: ['squared', 'power of two'],
  ...anyFunction({
    value: (e, x) => e.mul(x, x),
    reference: (x) => x * x,
    exactly: (x) => Math.imul(x, x),
    call: (x) => `${x}²`,
  }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, e.add(x, x))),
  }),
  onnx: null,
  pytorch: 'torch.square',
});
