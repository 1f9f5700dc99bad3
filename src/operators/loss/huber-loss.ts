// huber_loss: Huber loss.          Formula  y = mean (d²/2 where |d| ≤ δ, else δ(|d| − δ/2)), d = x − t
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = clip(d, ±δ)·dy/n, dtarget = −dx
// Source  Huber 1964; PyTorch huber_loss
// Cost    3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { inferPair, pairFeed, pairInputs, reductionSchema } from '../support/loss.ts';
import { explainPair, pairFlops, pairForward, pairGradient, pairReference } from '../support/pair-loss.ts';
import { oneOutput } from '../support/unary.ts';

export const huberLoss = defineOperator({
  id: 'huber_loss',
  family: 'loss',
  title: 'Huber loss',
  summary: 'Squared error for small errors, absolute error for outliers.',
  formula:
    'y = \\frac{1}{n} \\sum_i \\begin{cases} d^2 / 2 & |d| \\le \\delta \\\\ \\delta (|d| - \\delta / 2) & \\text{else} \\end{cases}',
  gradientFormula: 'dx_i = \\operatorname{clamp}(x_i - t_i, -\\delta, \\delta)\\, \\frac{dy}{n}, \\quad dt = -dx',
  shapes: { x: 'any', target: 'as x', y: 'a scalar, or as x for reduction `none`' },
  source: 'PyTorch torch.nn.functional.huber_loss',
  keywords: ['regression', 'robust', 'outliers'],
  inputs: pairInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    delta: z.number().gt(0).default(1).meta({ title: 'δ', description: 'Where the square ends' }),
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
          e.lt(d, e.constant(attributes.delta)),
          e.mul(e.constant(0.5), e.mul(d, d)),
          e.mul(e.constant(attributes.delta), e.sub(d, e.constant(attributes.delta / 2))),
        );
      }),
    },
  }),
  gradient({ emit, inputs, attributes, cotangents, needs }) {
    const toward = (slope: Parameters<typeof pairGradient>[4]) =>
      pairGradient(emit, inputs, cotangents.y, attributes.reduction, slope);
    return {
      x: needs('x')
        ? toward((e, x, t) => e.max(e.constant(-attributes.delta), e.min(e.constant(attributes.delta), e.sub(x, t))))
        : undefined,
      target: needs('target')
        ? toward((e, x, t) => e.max(e.constant(-attributes.delta), e.min(e.constant(attributes.delta), e.sub(t, x))))
        : undefined,
    };
  },
  reference: ({ inputs, attributes }) => ({
    y: pairReference(inputs, attributes.reduction, (x, t) => {
      const d = Math.abs(x - t);
      return d <= attributes.delta ? (d * d) / 2 : attributes.delta * (d - attributes.delta / 2);
    }),
  }),
  explain: ({ inputs, attributes, index }) =>
    explainPair(
      inputs,
      attributes.reduction,
      index,
      (x, t) => {
        const d = Math.abs(x - t);
        return d <= attributes.delta ? (d * d) / 2 : attributes.delta * (d - attributes.delta / 2);
      },
      'huber(x − t)',
    ),
  flops: pairFlops,
  onnx: null,
  pytorch: 'torch.nn.functional.huber_loss',
  samples: [
    { inputs: { x: [3, 4], target: [3, 4] } },
    { attributes: { reduction: 'sum', delta: 0.5 }, inputs: { x: [5], target: [5] } },
    { attributes: { reduction: 'none' }, inputs: { x: [2, 3], target: [2, 3] } },
  ],
});
