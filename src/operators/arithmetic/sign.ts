// sign: −1, 0 or 1.                              Formula  y = x / |x|, 0 at 0
// Shapes  x any  y as x                          Gradient  0 everywhere, also at the jump (as PyTorch)
// Source  PyTorch sign, ONNX Sign-13             Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { stepFunction } from '../support/unary-function.ts';

export const sign = defineOperator({
  id: 'sign',
  family: 'arithmetic',
  title: 'Sign',
  summary: 'Keeps of every element only whether it is negative, zero or positive.',
  formula: 'y = \\operatorname{sign}(x)',
  gradientFormula: 'dx = 0',
  gradientNote: '0 everywhere, also at the jump at x = 0, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sign; ONNX Sign',
  keywords: ['signum', 'binarize', 'fgsm'],
  ...stepFunction({
    value: (e, x) => e.sign(x),
    reference: Math.sign,
    call: (x) => `sign(${x})`,
  }),
  onnx: { op: 'Sign' },
  pytorch: 'torch.sign',
});
