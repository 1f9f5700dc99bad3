// greater: comparison, element by element.  Formula  y = 1 where a > b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 0
// Source  PyTorch gt, ONNX Greater-13              Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const greater = defineOperator({
  id: 'greater',
  family: 'arithmetic',
  title: 'Greater',
  summary: '1 where the first tensor is larger than the second, 0 elsewhere.',
  formula: 'y = [a > b]',
  source: 'PyTorch torch.gt; ONNX Greater-13',
  keywords: ['compare', '>', 'larger', 'threshold'],
  ...relation({ value: (e, a, b) => e.gt(a, b), holds: (a, b) => a > b, sign: '>' }),
  onnx: { op: 'Greater' },
  pytorch: 'torch.gt',
});
