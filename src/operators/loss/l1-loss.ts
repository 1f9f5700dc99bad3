// l1_loss: absolute error.                       Formula  y = mean |x − t|
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = sign(x − t)·dy/n, dtarget = −dx; 0 at the kink x = t (as PyTorch)
// Source  PyTorch l1_loss                        Cost  3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { inferPair, pairFeed, pairInputs, reductionSchema } from '../support/loss.ts';
import { explainPair, pairFlops, pairForward, pairGradient, pairReference } from '../support/pair-loss.ts';
import { oneOutput } from '../support/unary.ts';

export const l1Loss = defineOperator({
  id: 'l1_loss',
  family: 'loss',
  title: 'Absolute error',
  summary: 'The average distance between prediction and target.',
  formula: 'y = \\frac{1}{n} \\sum_i |x_i - t_i|',
  gradientFormula: 'dx_i = \\operatorname{sign}(x_i - t_i)\\, \\frac{dy}{n}, \\quad dt = -dx',
  gradientNote: 'Kink where x = t: the gradient is 0 there, as in PyTorch.',
  shapes: { x: 'any', target: 'as x', y: 'a scalar, or as x for reduction `none`' },
  source: 'PyTorch torch.nn.functional.l1_loss',
  keywords: ['mae', 'mean absolute error', 'regression'],
  inputs: pairInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ reduction: reductionSchema }),
  traits: { loss: true },
  feedType: pairFeed,
  infer: inferPair,
  forward: ({ emit, inputs, attributes }) => ({
    outputs: { y: pairForward(emit, inputs, attributes.reduction, (e, x, t) => e.abs(e.sub(x, t))) },
  }),
  gradient({ emit, inputs, attributes, cotangents, needs }) {
    const toward = (slope: Parameters<typeof pairGradient>[4]) =>
      pairGradient(emit, inputs, cotangents.y, attributes.reduction, slope);
    return {
      x: needs('x') ? toward((e, x, t) => e.sign(e.sub(x, t))) : undefined,
      target: needs('target') ? toward((e, x, t) => e.sign(e.sub(t, x))) : undefined,
    };
  },
  reference: ({ inputs, attributes }) => ({
    y: pairReference(inputs, attributes.reduction, (x, t) => Math.abs(x - t)),
  }),
  explain: ({ inputs, attributes, index }) =>
    explainPair(inputs, attributes.reduction, index, (x, t) => Math.abs(x - t), '|x − t|'),
  flops: pairFlops,
  onnx: null,
  pytorch: 'torch.nn.functional.l1_loss',
  samples: [
    { inputs: { x: [3, 4], target: [3, 4] } },
    { attributes: { reduction: 'sum' }, inputs: { x: [5], target: [5] } },
    { attributes: { reduction: 'none' }, inputs: { x: [2, 3], target: [2, 3] } },
  ],
});
