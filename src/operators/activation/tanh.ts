// tanh: hyperbolic tangent.                      Formula  y = tanh x
// Shapes  x any  y as x                          Gradient  dx = dy·(1 − y²)
// Source  PyTorch tanh, ONNX Tanh-13             Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const tanh = defineOperator({
  id: 'tanh',
  family: 'activation',
  title: 'Tanh',
  summary: 'Squashes every element into −1 … 1.',
  formula: 'y = \\tanh x',
  gradientFormula: 'dx = dy \\odot (1 - y^2)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.tanh; ONNX Tanh',
  keywords: ['hyperbolic tangent', 'squash'],
  gradientFlow: 'saturates',
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.tanh(x),
    pull: (e, dy, y) => e.mul(dy, e.sub(e.constant(1), e.mul(y, y))),
    reference: Math.tanh,
    call: (x) => `tanh(${x})`,
  }),
  onnx: { op: 'Tanh' },
  pytorch: 'torch.tanh',
});
