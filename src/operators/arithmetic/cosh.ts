// cosh: hyperbolic cosine.                       Formula  y = (eˣ + e⁻ˣ)/2
// Shapes  x any  y as x                          Gradient  dx = dy·sinh x
// Source  PyTorch cosh, ONNX Cosh-9              Cost  1 flop an element; overflows to ∞ above 88.7
import { defineOperator } from '../define-operator.ts';
import { halfSum } from '../support/half-sum.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const cosh = defineOperator({
  id: 'cosh',
  family: 'arithmetic',
  title: 'Hyperbolic cosine',
  summary: 'Half the sum of growing and falling exponential: the form of a hanging chain.',
  formula: 'y = \\frac{e^x + e^{-x}}{2}',
  gradientFormula: 'dx = dy \\odot \\sinh x',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.cosh; ONNX Cosh',
  keywords: ['hyperbolic cosine'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => halfSum(e, x, 1),
    slope: (e, x) => halfSum(e, x, -1),
    reference: Math.cosh,
    call: (x) => `cosh(${x})`,
  }),
  onnx: { op: 'Cosh' },
  pytorch: 'torch.cosh',
});
