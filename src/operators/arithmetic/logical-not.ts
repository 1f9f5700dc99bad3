// logical_not: the opposite of truth.            Formula  y = 1 where x = 0, else 0
// Shapes  x any  y as x, int32                   Gradient  none: y is constant almost everywhere
// Source  PyTorch logical_not, ONNX Not-1        Cost  1 flop an element; what is not 0 is true, NaN too
import { defineOperator } from '../define-operator.ts';
import { noAttributes, questionFunction } from '../support/unary-function.ts';

export const logicalNot = defineOperator({
  id: 'logical_not',
  family: 'arithmetic',
  title: 'Not',
  summary: '1 where a number is 0, 0 elsewhere.',
  formula: 'y = [x = 0]',
  gradientNote: 'Truth has no slope.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.logical_not; ONNX Not',
  keywords: ['negation', '!', 'boolean', 'logic'],
  ...questionFunction({
    attributes: noAttributes,
    value: (e, x) => e.not(x),
    reference: (x) => x === 0,
    call: (x) => `not ${x}`,
  }),
  onnx: { op: 'Not' },
  pytorch: 'torch.logical_not',
});
