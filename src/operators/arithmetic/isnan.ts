// isnan: finds what is not a number.             Formula  y = 1 where x is NaN, else 0
// Shapes  x any  y as x, int32                   Gradient  none: y is constant almost everywhere
// Source  PyTorch isnan, ONNX IsNaN-13           Cost  1 flop an element; whole numbers are never NaN
import { defineOperator } from '../define-operator.ts';
import { noAttributes, questionFunction } from '../support/unary-function.ts';

export const isnan = defineOperator({
  id: 'isnan',
  family: 'arithmetic',
  title: 'Is NaN',
  summary: '1 where a number is none (NaN), 0 elsewhere.',
  formula: 'y = [x \\text{ is NaN}]',
  gradientNote: 'A question has no slope.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.isnan; ONNX IsNaN',
  keywords: ['nan', 'not a number', 'check'],
  ...questionFunction({
    attributes: noAttributes,
    value: (e, x) => e.ne(x, x),
    reference: Number.isNaN,
    call: (x) => `isnan(${x})`,
  }),
  onnx: { op: 'IsNaN' },
  pytorch: 'torch.isnan',
});
