// neg: negation.                                 Formula  y = −x
// Shapes  x any  y as x                          Gradient  dx = −dy
// Source  PyTorch neg, ONNX Neg-13               Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { anyFunction } from '../support/unary-function.ts';

export const neg = defineOperator({
  id: 'neg',
  family: 'arithmetic',
  title: 'Negate',
  summary: 'Turns the sign of every element.',
  formula: 'y = -x',
  gradientFormula: 'dx = -dy',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.neg; ONNX Neg',
  keywords: ['minus', 'negative', 'sign'],
  ...anyFunction({
    value: (e, x) => e.neg(x),
    reference: (x) => -x,
    exactly: (x) => -x | 0,
    call: (x) => `-(${x})`,
  }),
  gradient: ({ emit, cotangents }) => ({ x: emit.map([cotangents.y], (e, dy) => e.neg(dy)) }),
  onnx: { op: 'Neg' },
  pytorch: 'torch.neg',
});
