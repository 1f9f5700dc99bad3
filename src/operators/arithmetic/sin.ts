// sin: sine of radians.                          Formula  y = sin x
// Shapes  x any  y as x                          Gradient  dx = dy·cos x
// Source  PyTorch sin, ONNX Sin-7                Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const sin = defineOperator({
  id: 'sin',
  family: 'arithmetic',
  title: 'Sine',
  summary: 'The sine of every element, in radians.',
  formula: 'y = \\sin x',
  gradientFormula: 'dx = dy \\odot \\cos x',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sin; ONNX Sin',
  keywords: ['sine'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.sin(x),
    slope: (e, x) => e.cos(x),
    reference: Math.sin,
    call: (x) => `sin(${x})`,
  }),
  onnx: { op: 'Sin' },
  pytorch: 'torch.sin',
});
