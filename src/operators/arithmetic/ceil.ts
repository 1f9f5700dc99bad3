// ceil: rounds up.                               Formula  y = ⌈x⌉
// Shapes  x any  y as x                          Gradient  0 everywhere, also at the jumps (as PyTorch)
// Source  PyTorch ceil, ONNX Ceil-13             Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { stepFunction } from '../support/unary-function.ts';

export const ceil = defineOperator({
  id: 'ceil',
  family: 'arithmetic',
  title: 'Ceil',
  summary: 'The next whole number above every element.',
  formula: 'y = \\lceil x \\rceil',
  gradientFormula: 'dx = 0',
  gradientNote: '0 everywhere, also at the jumps, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.ceil; ONNX Ceil',
  keywords: ['round up', 'ceiling', 'whole', 'integer'],
  ...stepFunction({
    value: (e, x) => e.neg(e.floor(e.neg(x))),
    reference: Math.ceil,
    call: (x) => `⌈${x}⌉`,
  }),
  onnx: { op: 'Ceil' },
  pytorch: 'torch.ceil',
});
