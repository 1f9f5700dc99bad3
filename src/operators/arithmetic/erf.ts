// erf: error function.                           Formula  y = 2/√π · ∫₀ˣ e^(−t²) dt
// Shapes  x any  y as x                          Gradient  dx = dy·2/√π·e^(−x²)
// Source  PyTorch erf, ONNX Erf-13               Cost  1 flop an element; below 2e-7 off
import { errorFunction } from '../../kernels/reference/special.ts';
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const erf = defineOperator({
  id: 'erf',
  family: 'arithmetic',
  title: 'Error function',
  summary: 'Twice the area under a bell curve between 0 and x.',
  formula: 'y = \\frac{2}{\\sqrt\\pi} \\int_0^x e^{-t^2}\\, dt',
  gradientFormula: 'dx = \\frac{2}{\\sqrt\\pi}\\, e^{-x^2} \\odot dy',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.erf; ONNX Erf',
  keywords: ['gauss', 'error function', 'normal distribution'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.erf(x),
    slope: (e, x) => e.mul(e.constant(2 / Math.sqrt(Math.PI)), e.exp(e.neg(e.mul(x, x)))),
    reference: errorFunction,
    call: (x) => `erf(${x})`,
  }),
  onnx: { op: 'Erf' },
  pytorch: 'torch.erf',
});
