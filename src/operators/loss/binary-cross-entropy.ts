// binary_cross_entropy: of probabilities.        Formula  y = −mean (t·ln x + (1 − t)·ln(1 − x)), each logarithm at least −100
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = (x − t)/(x(1 − x))·dy/n, dtarget = (ln(1 − x) − ln x)·dy/n
// Source  PyTorch binary_cross_entropy; the floors −100 and 1e-12 are its too. From scores use the one with logits
// Cost    3 flops an element
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { defineOperator } from '../define-operator.ts';
import { inferPair, pairFeed, pairInputs, reductionSchema } from '../support/loss.ts';
import { explainPair, pairFlops, pairForward, pairGradient, pairReference } from '../support/pair-loss.ts';
import { oneOutput } from '../support/unary.ts';

function clippedLog(e: ExpressionBuilder, x: Line): Line {
  return e.max(e.log(x), e.constant(-100));
}

function pairReferenceOf(x: number, t: number): number {
  return -(t * Math.max(-100, Math.log(x)) + (1 - t) * Math.max(-100, Math.log(1 - x)));
}

export const binaryCrossEntropy = defineOperator({
  id: 'binary_cross_entropy',
  family: 'loss',
  title: 'Binary cross-entropy',
  summary: 'How badly probabilities predict targets of 0 or 1.',
  formula: 'y = -\\frac{1}{n} \\sum_i t_i \\ln x_i + (1 - t_i) \\ln(1 - x_i)',
  gradientFormula:
    'dx_i = \\frac{x_i - t_i}{x_i (1 - x_i)} \\frac{dy}{n}, \\quad dt_i = \\left(\\ln(1 - x_i) - \\ln x_i\\right) \\frac{dy}{n}',
  gradientNote: 'Logarithms are at least −100 and the denominator at least 1e-12, as in PyTorch.',
  shapes: { x: 'any', target: 'as x', y: 'a scalar, or as x for reduction `none`' },
  source: 'PyTorch torch.nn.functional.binary_cross_entropy',
  keywords: ['bce', 'log loss', 'probabilities'],
  inputs: pairInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ reduction: reductionSchema }),
  traits: { loss: true },
  feedType: pairFeed,
  infer: inferPair,
  forward: ({ emit, inputs, attributes }) => ({
    outputs: {
      y: pairForward(emit, inputs, attributes.reduction, (e, x, t) =>
        e.neg(
          e.add(e.mul(t, clippedLog(e, x)), e.mul(e.sub(e.constant(1), t), clippedLog(e, e.sub(e.constant(1), x)))),
        ),
      ),
    },
  }),
  gradient({ emit, inputs, attributes, cotangents, needs }) {
    const toward = (slope: Parameters<typeof pairGradient>[4]) =>
      pairGradient(emit, inputs, cotangents.y, attributes.reduction, slope);
    return {
      x: needs('x')
        ? toward((e, x, t) => e.div(e.sub(x, t), e.max(e.mul(x, e.sub(e.constant(1), x)), e.constant(1e-12))))
        : undefined,
      target: needs('target')
        ? toward((e, x) => e.sub(clippedLog(e, e.sub(e.constant(1), x)), clippedLog(e, x)))
        : undefined,
    };
  },
  reference: ({ inputs, attributes }) => ({
    y: pairReference(inputs, attributes.reduction, pairReferenceOf),
  }),
  explain: ({ inputs, attributes, index }) =>
    explainPair(inputs, attributes.reduction, index, pairReferenceOf, '−t·ln x − (1 − t)·ln(1 − x)'),
  flops: pairFlops,
  onnx: null,
  pytorch: 'torch.nn.functional.binary_cross_entropy',
  samples: [
    { inputs: { x: { shape: [3, 4], low: 0.05, high: 0.95 }, target: { shape: [3, 4], low: 0, high: 1 } } },
    {
      attributes: { reduction: 'none' },
      inputs: { x: { shape: [5], low: 0.05, high: 0.95 }, target: { shape: [5], low: 0, high: 1 } },
    },
  ],
});
