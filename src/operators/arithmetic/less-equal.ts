// less_equal: comparison, element by element.  Formula  y = 1 where a ≤ b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 0
// Source  PyTorch le, ONNX LessOrEqual-16              Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const lessEqual = defineOperator({
  id: 'less_equal',
  family: 'arithmetic',
  title: 'Less or equal',
  summary: '1 where the first tensor is at most the second, 0 elsewhere.',
  formula: 'y = [a \\le b]',
  source: 'PyTorch torch.le; ONNX LessOrEqual-16',
  keywords: ['compare', '<=', 'at most', 'threshold'],
  ...relation({ value: (e, a, b) => e.le(a, b), holds: (a, b) => a <= b, sign: '≤' }),
  onnx: { op: 'LessOrEqual' },
  pytorch: 'torch.le',
});
