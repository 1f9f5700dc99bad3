// exp: exponential.                              Formula  y = eˣ
// Shapes  x any  y as x                          Gradient  dx = dy·y
// Source  PyTorch exp, ONNX Exp-13               Cost  1 flop an element; overflows to ∞ above 88.7
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const exp = defineOperator({
  id: 'exp',
  family: 'arithmetic',
  title: 'Exp',
  summary: 'The exponential of every element.',
  formula: 'y = e^x',
  gradientFormula: 'dx = dy \\odot y',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.exp; ONNX Exp',
  keywords: ['exponential', 'e^x'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.exp(x),
    pull: (e, dy, y) => e.mul(dy, y),
    reference: Math.exp,
    call: (x) => `exp(${x})`,
  }),
  onnx: { op: 'Exp' },
  pytorch: 'torch.exp',
});
