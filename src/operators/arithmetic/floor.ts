// floor: rounds down.                            Formula  y = ⌊x⌋
// Shapes  x any  y as x                          Gradient  0 everywhere, also at the jumps (as PyTorch)
// Source  PyTorch floor, ONNX Floor-13           Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { stepFunction } from '../support/unary-function.ts';

export const floor = defineOperator({
  id: 'floor',
  family: 'arithmetic',
  title: 'Floor',
  summary: 'The next whole number below every element.',
  formula: 'y = \\lfloor x \\rfloor',
  gradientFormula: 'dx = 0',
  gradientNote: '0 everywhere, also at the jumps, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.floor; ONNX Floor',
  keywords: ['round down', 'whole', 'integer'],
  ...stepFunction({
    value: (e, x) => e.floor(x),
    reference: Math.floor,
    call: (x) => `⌊${x}⌋`,
  }),
  onnx: { op: 'Floor' },
  pytorch: 'torch.floor',
});
