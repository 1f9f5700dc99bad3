// sigmoid: logistic function.                    Formula  y = 1/(1 + e⁻ˣ)
// Shapes  x any  y as x                          Gradient  dx = dy·y·(1 − y)
// Source  PyTorch sigmoid, ONNX Sigmoid-13       Cost  1 flop an element; never overflows
import { defineOperator } from '../define-operator.ts';
import { fragmentOf } from '../support/fragment.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const sigmoid = defineOperator({
  id: 'sigmoid',
  family: 'activation',
  title: 'Sigmoid',
  summary: 'Squashes every element into 0 … 1.',
  formula: 'y = \\frac{1}{1 + e^{-x}}',
  gradientFormula: 'dx = dy \\odot y \\odot (1 - y)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sigmoid; ONNX Sigmoid',
  keywords: ['logistic', 'squash'],
  gradientFlow: 'saturates',
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.sigmoid(x),
    pull: (e, dy, y) => e.mul(dy, e.mul(y, e.sub(e.constant(1), y))),
    reference: (x) => 1 / (1 + Math.exp(-x)),
    call: (x) => `1 / (1 + exp(-(${x})))`,
  }),
  expand: () =>
    fragmentOf(
      {
        negative: { op: 'neg', at: [0, 0], wires: { x: 'in.x' } },
        power: { op: 'exp', at: [1, 0], wires: { x: 'negative.y' } },
        one: { op: 'constant', at: [1, 1], attributes: { value: 1 } },
        below: { op: 'add', at: [2, 0], wires: { a: 'power.y', b: 'one.y' } },
        inverse: { op: 'reciprocal', at: [3, 0], wires: { x: 'below.y' } },
      },
      'inverse.y',
    ),
  onnx: { op: 'Sigmoid' },
  pytorch: 'torch.sigmoid',
});
