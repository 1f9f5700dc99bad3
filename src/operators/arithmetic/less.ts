// less: comparison, element by element.  Formula  y = 1 where a < b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 0
// Source  PyTorch lt, ONNX Less-13              Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const less = defineOperator({
  id: 'less',
  family: 'arithmetic',
  title: 'Less',
  summary: '1 where the first tensor is smaller than the second, 0 elsewhere.',
  formula: 'y = [a < b]',
  source: 'PyTorch torch.lt; ONNX Less-13',
  keywords: ['compare', '<', 'smaller', 'threshold'],
  ...relation({ value: (e, a, b) => e.lt(a, b), holds: (a, b) => a < b, sign: '<' }),
  onnx: { op: 'Less' },
  pytorch: 'torch.lt',
});
