// greater_equal: comparison, element by element.  Formula  y = 1 where a ≥ b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 0
// Source  PyTorch ge, ONNX GreaterOrEqual-16              Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const greaterEqual = defineOperator({
  id: 'greater_equal',
  family: 'arithmetic',
  title: 'Greater or equal',
  summary: '1 where the first tensor is at least the second, 0 elsewhere.',
  formula: 'y = [a \\ge b]',
  source: 'PyTorch torch.ge; ONNX GreaterOrEqual-16',
  keywords: ['compare', '>=', 'at least', 'threshold'],
  ...relation({ value: (e, a, b) => e.ge(a, b), holds: (a, b) => a >= b, sign: '≥' }),
  onnx: { op: 'GreaterOrEqual' },
  pytorch: 'torch.ge',
});
