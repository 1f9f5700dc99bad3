// softsign: x over one plus its magnitude.       Formula  y = x/(1 + |x|)
// Shapes  x any  y as x                          Gradient  dx = dy/(1 + |x|)²
// Source  PyTorch softsign, ONNX Softsign-1      Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const softsign = defineOperator({
  id: 'softsign',
  family: 'activation',
  title: 'Softsign',
  summary: 'Squashes numbers to between −1 and 1, with long tails.',
  formula: 'y = \\frac{x}{1 + |x|}',
  gradientFormula: 'dx = \\frac{dy}{(1 + |x|)^2}',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.softsign; ONNX Softsign',
  keywords: ['squash', 'saturating'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.div(x, e.add(e.constant(1), e.abs(x))),
    slope: (e, x) => {
      const size = e.add(e.constant(1), e.abs(x));
      return e.reciprocal(e.mul(size, size));
    },
    reference: (x) => x / (1 + Math.abs(x)),
    call: (x) => `${x} / (1 + |${x}|)`,
  }),
  gradientFlow: 'saturates',
  onnx: { op: 'Softsign' },
  pytorch: 'torch.nn.functional.softsign',
});
