// gelu: Gaussian error linear unit.              Formula  y = x·Φ(x), Φ(x) = (1 + erf(x/√2))/2
// Shapes  x any  y as x                          Gradient  dx = dy·(Φ(x) + x·φ(x)), φ(x) = e^(−x²/2)/√(2π)
// Source  Hendrycks & Gimpel 2016; PyTorch gelu (approximate none), ONNX Gelu-20
// Cost    1 flop an element
import { errorFunction } from '../../kernels/reference/special.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

/** Φ(x) */
function normalBelow(e: ExpressionBuilder, x: Line): Line {
  return e.mul(e.constant(0.5), e.add(e.constant(1), e.erf(e.mul(x, e.constant(Math.SQRT1_2)))));
}

function normalBelowReference(x: number): number {
  return 0.5 * (1 + errorFunction(x * Math.SQRT1_2));
}

export const gelu = defineOperator({
  id: 'gelu',
  family: 'activation',
  title: 'GELU',
  summary: 'The input times the probability that a normal number lies below it.',
  formula: 'y = \\frac{x}{2} \\left(1 + \\operatorname{erf} \\frac{x}{\\sqrt 2}\\right)',
  gradientFormula:
    'dx = dy \\odot \\left(\\Phi(x) + x\\, \\varphi(x)\\right), \\quad \\Phi(x) = \\tfrac12 \\left(1 + \\operatorname{erf} \\tfrac{x}{\\sqrt 2}\\right), \\quad \\varphi(x) = \\frac{e^{-x^2/2}}{\\sqrt{2\\pi}}',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.gelu; ONNX Gelu',
  keywords: ['gaussian error linear unit'],
  gradientFlow: 'saturates',
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.mul(x, normalBelow(e, x)),
    slope(e, x) {
      const density = e.mul(e.exp(e.mul(e.mul(x, x), e.constant(-0.5))), e.constant(1 / Math.sqrt(2 * Math.PI)));
      return e.add(normalBelow(e, x), e.mul(x, density));
    },
    reference: (x) => x * normalBelowReference(x),
    call: (x) => `${x} · Φ(${x})`,
  }),
  onnx: { op: 'Gelu' },
  pytorch: 'torch.nn.functional.gelu',
});
