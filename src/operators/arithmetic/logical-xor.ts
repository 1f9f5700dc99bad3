// logical_xor: logic, element by element.       Formula  y = 1 where just one of a and b is 0, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            What is not 0 is true, NaN too
// Source  PyTorch logical_xor, ONNX Xor-7        Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { relation } from '../support/comparison.ts';

export const logicalXor = defineOperator({
  id: 'logical_xor',
  family: 'arithmetic',
  title: 'Exclusive or',
  summary: '1 where just one of two tensors is 0, 0 elsewhere.',
  formula: 'y = [(a = 0) \\ne (b = 0)]',
  source: 'PyTorch torch.logical_xor; ONNX Xor',
  keywords: ['xor', 'different', '^', 'boolean', 'logic'],
  ...relation({ value: (e, a, b) => e.ne(e.not(a), e.not(b)), holds: (a, b) => (a === 0) !== (b === 0), sign: 'xor' }),
  onnx: { op: 'Xor' },
  pytorch: 'torch.logical_xor',
});
