// l1_loss: absolute error.                       Formula  y = mean |x − t|
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = sign(x − t)·dy/n, dtarget = −dx; 0 at the kink x = t (as PyTorch)
// Source  PyTorch l1_loss                        Cost  3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { pairInputs, reductionSchema } from '../support/loss.ts';
import { pairLoss, pairSamples } from '../support/pair-loss.ts';

const attributes = z.strictObject({ reduction: reductionSchema });

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
  attributes,
  traits: { loss: true },
  ...pairLoss<z.output<typeof attributes>>({
    value: (e, x, t) => e.abs(e.sub(x, t)),
    slope: (e, x, t) => e.sign(e.sub(x, t)),
    reference: (x, t) => Math.abs(x - t),
    name: '|x − t|',
  }),
  onnx: null,
  pytorch: 'torch.nn.functional.l1_loss',
  samples: pairSamples(),
});
