// equal: comparison, element by element.  Formula  y = 1 where a = b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 0
// Source  PyTorch eq, ONNX Equal-13              Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const equal = defineOperator({
  id: 'equal',
  family: 'arithmetic',
  title: 'Equal',
  summary: '1 where the first tensor is equal to the second, 0 elsewhere.',
  formula: 'y = [a = b]',
  source: 'PyTorch torch.eq; ONNX Equal-13',
  keywords: ['compare', '==', 'same'],
  ...relation({ value: (e, a, b) => e.eq(a, b), holds: (a, b) => a === b, sign: '=' }),
  onnx: { op: 'Equal' },
  pytorch: 'torch.eq',
});
