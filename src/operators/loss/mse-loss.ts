// mse_loss: squared error.                       Formula  y = mean (x − t)²
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = 2(x − t)·dy/n, dtarget = −dx
// Source  PyTorch mse_loss                       Cost  3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { inferPair, pairFeed, pairInputs, reductionSchema } from '../support/loss.ts';
import { explainPair, pairFlops, pairForward, pairGradient, pairReference } from '../support/pair-loss.ts';
import { oneOutput } from '../support/unary.ts';

export const mseLoss = defineOperator({
  id: 'mse_loss',
  family: 'loss',
  title: 'Mean squared error',
  summary: 'The average squared distance between prediction and target.',
  formula: 'y = \\frac{1}{n} \\sum_i (x_i - t_i)^2',
  gradientFormula: 'dx_i = 2 (x_i - t_i)\\, \\frac{dy}{n}, \\quad dt = -dx',
  shapes: { x: 'any', target: 'as x', y: 'a scalar, or as x for reduction `none`' },
  source: 'PyTorch torch.nn.functional.mse_loss',
  keywords: ['l2 loss', 'regression', 'least squares', 'euclidean'],
  inputs: pairInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ reduction: reductionSchema }),
  traits: { loss: true },
  gradientFlow: 'averages',
  feedType: pairFeed,
  infer: inferPair,
  forward: ({ emit, inputs, attributes }) => ({
    outputs: {
      y: pairForward(emit, inputs, attributes.reduction, (e, x, t) => {
        const d = e.sub(x, t);
        return e.mul(d, d);
      }),
    },
  }),
  gradient({ emit, inputs, attributes, cotangents, needs }) {
    const toward = (slope: Parameters<typeof pairGradient>[4]) =>
      pairGradient(emit, inputs, cotangents.y, attributes.reduction, slope);
    return {
      x: needs('x') ? toward((e, x, t) => e.mul(e.constant(2), e.sub(x, t))) : undefined,
      target: needs('target') ? toward((e, x, t) => e.mul(e.constant(2), e.sub(t, x))) : undefined,
    };
  },
  reference: ({ inputs, attributes }) => ({
    y: pairReference(inputs, attributes.reduction, (x, t) => (x - t) * (x - t)),
  }),
  explain: ({ inputs, attributes, index }) =>
    explainPair(inputs, attributes.reduction, index, (x, t) => (x - t) * (x - t), '(x − t)²'),
  flops: pairFlops,
  onnx: null,
  pytorch: 'torch.nn.functional.mse_loss',
  samples: [
    { inputs: { x: [3, 4], target: [3, 4] } },
    { attributes: { reduction: 'sum' }, inputs: { x: [5], target: [5] } },
    { attributes: { reduction: 'none' }, inputs: { x: [2, 3], target: [2, 3] } },
  ],
});
