// tan: tangent of radians.                       Formula  y = sin x / cos x
// Shapes  x any  y as x                          Gradient  dx = dy/cos² x
// Source  PyTorch tan, ONNX Tan-7                Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const tan = defineOperator({
  id: 'tan',
  family: 'arithmetic',
  title: 'Tangent',
  summary: 'The tangent of every element, in radians.',
  formula: 'y = \\tan x',
  gradientFormula: 'dx = dy \\odot (1 + \\tan^2 x)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.tan; ONNX Tan',
  keywords: ['tangent'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.div(e.sin(x), e.cos(x)),
    slope: (e, x) => e.reciprocal(e.mul(e.cos(x), e.cos(x))),
    reference: Math.tan,
    call: (x) => `tan(${x})`,
    range: { low: -1.3, high: 1.3 },
  }),
  onnx: { op: 'Tan' },
  pytorch: 'torch.tan',
});
