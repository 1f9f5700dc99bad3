// not_equal: comparison, element by element.  Formula  y = 1 where a ≠ b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 1
// Source  PyTorch ne, ONNX Not-1 of Equal-13              Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const notEqual = defineOperator({
  id: 'not_equal',
  family: 'arithmetic',
  title: 'Not equal',
  summary: '1 where the first tensor is different from the second, 0 elsewhere.',
  formula: 'y = [a \\ne b]',
  source: 'PyTorch torch.ne; ONNX Not-1 of Equal-13',
  keywords: ['compare', '!=', 'different'],
  ...relation({ value: (e, a, b) => e.ne(a, b), holds: (a, b) => a !== b, sign: '≠' }),
  onnx: null,
  pytorch: 'torch.ne',
});
