// abs: absolute value.                           Formula  y = |x|
// Shapes  x any  y as x                          Gradient  dx = dy·sign(x); at the kink x = 0 the value 0 is chosen (as PyTorch)
// Source  PyTorch abs, ONNX Abs-13               Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { anyFunction } from '../support/unary-function.ts';

export const abs = defineOperator({
  id: 'abs',
  family: 'arithmetic',
  title: 'Absolute value',
  summary: 'The distance of every element from zero.',
  formula: 'y = |x|',
  gradientFormula: 'dx = dy \\odot \\operatorname{sign}(x)',
  gradientNote: 'Kink at x = 0: the gradient is 0 there, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.abs; ONNX Abs',
  keywords: ['absolute', 'magnitude'],
  ...anyFunction({
    value: (e, x) => e.abs(x),
    reference: (x) => Math.abs(x),
    exactly: (x) => Math.abs(x) | 0,
    call: (x) => `|${x}|`,
  }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, e.sign(x))),
  }),
  onnx: { op: 'Abs' },
  pytorch: 'torch.abs',
});
