// cos: cosine of radians.                        Formula  y = cos x
// Shapes  x any  y as x                          Gradient  dx = −dy·sin x
// Source  PyTorch cos, ONNX Cos-7                Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const cos = defineOperator({
  id: 'cos',
  family: 'arithmetic',
  title: 'Cosine',
  summary: 'The cosine of every element, in radians.',
  formula: 'y = \\cos x',
  gradientFormula: 'dx = -dy \\odot \\sin x',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.cos; ONNX Cos',
  keywords: ['cosine'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.cos(x),
    slope: (e, x) => e.neg(e.sin(x)),
    reference: Math.cos,
    call: (x) => `cos(${x})`,
  }),
  onnx: { op: 'Cos' },
  pytorch: 'torch.cos',
});
