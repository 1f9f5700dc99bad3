// logical_and: logic, element by element.       Formula  y = 1 where a ≠ 0 and b ≠ 0, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            What is not 0 is true, NaN too
// Source  PyTorch logical_and, ONNX And-7        Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const logicalAnd = defineOperator({
  id: 'logical_and',
  family: 'arithmetic',
  title: 'And',
  summary: '1 where neither tensor is 0, 0 elsewhere.',
  formula: 'y = [a \\ne 0 \\land b \\ne 0]',
  source: 'PyTorch torch.logical_and; ONNX And',
  keywords: ['both', '&&', '&', 'boolean', 'logic', 'mask'],
  ...relation({ value: (e, a, b) => e.and(a, b), holds: (a, b) => a !== 0 && b !== 0, sign: 'and' }),
  onnx: { op: 'And' },
  pytorch: 'torch.logical_and',
});
