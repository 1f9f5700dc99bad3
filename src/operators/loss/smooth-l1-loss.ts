// smooth_l1_loss: smooth absolute error.          Formula  y = mean (d²/2β where |d| < β, else |d| − β/2), d = x − t
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = clip(d/β, ±1)·dy/n, dtarget = −dx
// Source  Girshick 2015 (Fast R-CNN); PyTorch smooth_l1_loss
// Cost    3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { inferPair, pairFeed, pairInputs, reductionSchema } from '../support/loss.ts';
import { explainPair, pairFlops, pairForward, pairGradient, pairReference } from '../support/pair-loss.ts';
import { oneOutput } from '../support/unary.ts';

export const smoothL1Loss = defineOperator({
  id: 'smooth_l1_loss',
  family: 'loss',
  title: 'Smooth L1',
  summary: 'Squared error near zero, absolute error far away; used for boxes.',
  formula:
    'y = \\frac{1}{n} \\sum_i \\begin{cases} d^2 / 2\\beta & |d| < \\beta \\\\ |d| - \\beta / 2 & \\text{else} \\end{cases}',
  gradientFormula:
    'dx_i = \\operatorname{clamp}\\!\\left(\\frac{x_i - t_i}{\\beta}, -1, 1\\right) \\frac{dy}{n}, \\quad dt = -dx',
  shapes: { x: 'any', target: 'as x', y: 'a scalar, or as x for reduction `none`' },
  source: 'PyTorch torch.nn.functional.smooth_l1_loss',
  keywords: ['regression', 'robust', 'bounding box'],
  inputs: pairInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    beta: z.number().gt(0).default(1).meta({ title: 'β', description: 'Where the square ends' }),
    reduction: reductionSchema,
  }),
  traits: { loss: true },
  feedType: pairFeed,
  infer: inferPair,
  forward: ({ emit, inputs, attributes }) => ({
    outputs: {
      y: pairForward(emit, inputs, attributes.reduction, (e, x, t) => {
        const d = e.abs(e.sub(x, t));
        return e.select(
          e.lt(d, e.constant(attributes.beta)),
          e.div(e.mul(e.constant(0.5), e.mul(d, d)), e.constant(attributes.beta)),
          e.sub(d, e.constant(attributes.beta / 2)),
        );
      }),
    },
  }),
  gradient({ emit, inputs, attributes, cotangents, needs }) {
    const toward = (slope: Parameters<typeof pairGradient>[4]) =>
      pairGradient(emit, inputs, cotangents.y, attributes.reduction, slope);
    return {
      x: needs('x')
        ? toward((e, x, t) =>
            e.max(e.constant(-1), e.min(e.constant(1), e.div(e.sub(x, t), e.constant(attributes.beta)))),
          )
        : undefined,
      target: needs('target')
        ? toward((e, x, t) =>
            e.max(e.constant(-1), e.min(e.constant(1), e.div(e.sub(t, x), e.constant(attributes.beta)))),
          )
        : undefined,
    };
  },
  reference: ({ inputs, attributes }) => ({
    y: pairReference(inputs, attributes.reduction, (x, t) => {
      const d = Math.abs(x - t);
      return d < attributes.beta ? (d * d) / (2 * attributes.beta) : d - attributes.beta / 2;
    }),
  }),
  explain: ({ inputs, attributes, index }) =>
    explainPair(
      inputs,
      attributes.reduction,
      index,
      (x, t) => {
        const d = Math.abs(x - t);
        return d < attributes.beta ? (d * d) / (2 * attributes.beta) : d - attributes.beta / 2;
      },
      'smooth(x − t)',
    ),
  flops: pairFlops,
  onnx: null,
  pytorch: 'torch.nn.functional.smooth_l1_loss',
  samples: [
    { inputs: { x: [3, 4], target: [3, 4] } },
    { attributes: { reduction: 'sum', beta: 0.5 }, inputs: { x: [5], target: [5] } },
    { attributes: { reduction: 'none' }, inputs: { x: [2, 3], target: [2, 3] } },
  ],
});
