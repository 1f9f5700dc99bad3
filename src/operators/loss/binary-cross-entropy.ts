// binary_cross_entropy: of probabilities.        Formula  y = −mean (t·ln x + (1 − t)·ln(1 − x)), each logarithm at least −100
// Shapes  x, target equal  weight broadcasts to x: times each element's loss  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE  E_BROADCAST            Gradient  dx = (x − t)/(x(1 − x))·dy/n, dtarget = (ln(1 − x) − ln x)·dy/n; none to weight
// Source  PyTorch binary_cross_entropy; the floors −100 and 1e-12 are its too. From scores use the one with logits
// Cost    3 flops an element
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { defineOperator } from '../define-operator.ts';
import { pairInputs, reductionSchema } from '../support/loss.ts';
import { pairLoss, weightPort } from '../support/pair-loss.ts';

const attributes = z.strictObject({ reduction: reductionSchema });

function clippedLog(e: ExpressionBuilder, x: Line): Line {
  return e.max(e.log(x), e.constant(-100));
}

export const binaryCrossEntropy = defineOperator({
  id: 'binary_cross_entropy',
  family: 'loss',
  title: 'Binary cross-entropy',
  summary: 'How badly probabilities predict targets of 0 or 1.',
  formula: 'y = -\\frac{1}{n} \\sum_i t_i \\ln x_i + (1 - t_i) \\ln(1 - x_i)',
  gradientFormula:
    'dx_i = \\frac{x_i - t_i}{x_i (1 - x_i)} \\frac{dy}{n}, \\quad dt_i = \\left(\\ln(1 - x_i) - \\ln x_i\\right) \\frac{dy}{n}',
  gradientNote:
    'Logarithms are at least −100 and the denominator at least 1e-12, as in PyTorch; the weight, a factor of every element, gets no gradient.',
  shapes: { x: 'any', target: 'as x', weight: 'broadcast to x', y: 'a scalar, or as x for reduction `none`' },
  source: 'PyTorch torch.nn.functional.binary_cross_entropy',
  keywords: ['bce', 'log loss', 'probabilities'],
  inputs: { ...pairInputs, ...weightPort },
  attributes,
  traits: { loss: true },
  ...pairLoss<z.output<typeof attributes>>({
    value(e, x, t) {
      const rest = (p: Line) => e.sub(e.constant(1), p);
      return e.neg(e.add(e.mul(t, clippedLog(e, x)), e.mul(rest(t), clippedLog(e, rest(x)))));
    },
    slope: (e, x, t) => e.div(e.sub(x, t), e.max(e.mul(x, e.sub(e.constant(1), x)), e.constant(1e-12))),
    targetSlope: (e, x) => e.sub(clippedLog(e, e.sub(e.constant(1), x)), clippedLog(e, x)),
    reference: (x, t) => -(t * Math.max(-100, Math.log(x)) + (1 - t) * Math.max(-100, Math.log(1 - x))),
    name: '−t·ln x − (1 − t)·ln(1 − x)',
  }),
  onnx: null,
  pytorch: 'torch.nn.functional.binary_cross_entropy',
  samples: [
    { inputs: { x: { shape: [3, 4], low: 0.05, high: 0.95 }, target: { shape: [3, 4], low: 0, high: 1 } } },
    {
      attributes: { reduction: 'none' },
      inputs: { x: { shape: [5], low: 0.05, high: 0.95 }, target: { shape: [5], low: 0, high: 1 } },
    },
    {
      inputs: {
        x: { shape: [3, 2], low: 0.05, high: 0.95 },
        target: { shape: [3, 2], low: 0, high: 1 },
        weight: { shape: [3, 1], low: 0.5, high: 2 },
      },
    },
  ],
});
