// logical_or: logic, element by element.       Formula  y = 1 where a ≠ 0 or b ≠ 0, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            What is not 0 is true, NaN too
// Source  PyTorch logical_or, ONNX Or-7        Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const logicalOr = defineOperator({
  id: 'logical_or',
  family: 'arithmetic',
  title: 'Or',
  summary: '1 where one of two tensors is not 0, 0 where both are.',
  formula: 'y = [a \\ne 0 \\lor b \\ne 0]',
  source: 'PyTorch torch.logical_or; ONNX Or',
  keywords: ['either', '||', '|', 'boolean', 'logic', 'mask'],
  ...relation({ value: (e, a, b) => e.or(a, b), holds: (a, b) => a !== 0 || b !== 0, sign: 'or' }),
  onnx: { op: 'Or' },
  pytorch: 'torch.logical_or',
});
