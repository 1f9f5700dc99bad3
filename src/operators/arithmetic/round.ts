// round: to the nearest whole number.            Formula  y = the whole number nearest to x, of two the even one
// Shapes  x any  y as x                          Gradient  0 everywhere, also at the jumps (as PyTorch)
// Source  PyTorch round, ONNX Round-11           Cost  1 flop an element
import { roundHalfEven } from '../../kernels/reference/special.ts';
import { defineOperator } from '../define-operator.ts';
import { stepFunction } from '../support/unary-function.ts';

export const round = defineOperator({
  id: 'round',
  family: 'arithmetic',
  title: 'Round',
  summary: 'The nearest whole number to every element; halves go to the even one.',
  formula: 'y = \\operatorname{round}(x)',
  gradientFormula: 'dx = 0',
  gradientNote: '0 everywhere, also at the jumps, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.round; ONNX Round',
  keywords: ['nearest', 'half to even', 'quantize', 'integer'],
  ...stepFunction({
    value: (e, x) => e.round(x),
    reference: roundHalfEven,
    call: (x) => `round(${x})`,
  }),
  onnx: { op: 'Round' },
  pytorch: 'torch.round',
});
