// binary_cross_entropy_with_logits: logistic loss of scores.     Formula  y = mean (1 − t)·x + (1 + (p − 1)·t)·ln(1 + e⁻ˣ)
// Shapes  x, target equal  weight, pos_weight p broadcast to x (1 when unwired)  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE  E_BROADCAST            Gradient  dx = ((1 − t) − (1 + (p − 1)·t)·(1 − sigmoid(x)))·dy/n;
//         dtarget = ((p − 1)·ln(1 + e⁻ˣ) − x)·dy/n; none to pos_weight, none to weight
// Source  PyTorch binary_cross_entropy_with_logits
// Cost    6 flops an element; never overflows
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { defineOperator } from '../define-operator.ts';
import { pairInputs, reductionSchema } from '../support/loss.ts';
import { pairLoss, positivesPort, weightPort } from '../support/pair-loss.ts';

const attributes = z.strictObject({ reduction: reductionSchema });

export const binaryCrossEntropyWithLogits = defineOperator({
  id: 'binary_cross_entropy_with_logits',
  family: 'loss',
  title: 'Logistic loss',
  summary: 'Binary cross-entropy of raw scores: sigmoid and loss in one, without overflow.',
  formula: 'y = \\frac{1}{n} \\sum_i \\ln(1 + e^{x_i}) - t_i x_i',
  gradientFormula:
    'dx_i = \\left((1 - t_i) - (1 + (p - 1) t_i)(1 - \\sigma(x_i))\\right) \\frac{dy}{n}, \\quad dt_i = \\left((p - 1) \\ln(1 + e^{-x_i}) - x_i\\right) \\frac{dy}{n}',
  gradientNote: 'P is pos_weight, 1 when unwired; it and the weight, a factor of every element, get no gradient.',
  shapes: {
    x: 'any',
    target: 'as x',
    weight: 'broadcast to x',
    pos_weight: 'broadcast to x',
    y: 'a scalar, or as x for reduction `none`',
  },
  source: 'PyTorch torch.nn.functional.binary_cross_entropy_with_logits',
  keywords: ['logistic loss', 'bce', 'sigmoid cross entropy', 'binary classification', 'logistic regression'],
  inputs: { ...pairInputs, x: { title: 'Scores' }, ...weightPort, ...positivesPort },
  attributes,
  traits: { loss: true },
  ...pairLoss<z.output<typeof attributes>>({
    value: (e, x, t, _, p) => e.add(e.mul(e.sub(e.constant(1), t), x), e.mul(pull(e, t, p), e.softplus(e.neg(x)))),
    slope: (e, x, t, _, p) => e.sub(e.sub(e.constant(1), t), e.mul(pull(e, t, p), e.sigmoid(e.neg(x)))),
    targetSlope(e, x, _, p) {
      if (p === undefined) return e.neg(x);
      return e.sub(e.mul(e.sub(p, e.constant(1)), e.softplus(e.neg(x))), x);
    },
    reference(x, t, _, p) {
      const soft = x > -20 ? Math.log1p(Math.exp(-x)) : -x;
      return (1 - t) * x + (1 + (p - 1) * t) * soft;
    },
    name: 'ln(1 + e^x) − t·x',
  }),
  onnx: null,
  pytorch: 'torch.nn.functional.binary_cross_entropy_with_logits',
  samples: [
    { inputs: { x: [3, 4], target: { shape: [3, 4], low: 0, high: 1 } } },
    { attributes: { reduction: 'sum' }, inputs: { x: [3], target: { shape: [3], low: 0, high: 1 } } },
    {
      attributes: { reduction: 'none' },
      inputs: { x: [2, 3], target: { shape: [2, 3], low: 0, high: 1 }, pos_weight: { shape: [3], low: 0.5, high: 3 } },
    },
    {
      inputs: {
        x: [4, 2],
        target: { shape: [4, 2], low: 0, high: 1 },
        weight: { shape: [4, 2], low: 0.5, high: 2 },
        pos_weight: { shape: [], low: 0.5, high: 3 },
      },
    },
  ],
});

/** 1 + (p − 1)·t */
function pull(e: ExpressionBuilder, t: Line, p: Line | undefined): Line {
  if (p === undefined) return e.constant(1);
  return e.add(e.constant(1), e.mul(e.sub(p, e.constant(1)), t));
}
