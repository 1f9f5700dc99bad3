// smooth_l1_loss: smooth absolute error.          Formula  y = mean (d²/2β where |d| < β, else |d| − β/2), d = x − t
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = clip(d/β, ±1)·dy/n, dtarget = −dx
// Source  Girshick 2015 (Fast R-CNN); PyTorch smooth_l1_loss
// Cost    3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { pairInputs, reductionSchema } from '../support/loss.ts';
import { bentLoss, pairSamples } from '../support/pair-loss.ts';

const attributes = z.strictObject({
  beta: z.number().gt(0).default(1).meta({ title: 'β', description: 'Where the square ends' }),
  reduction: reductionSchema,
});

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
  attributes,
  traits: { loss: true },
  ...bentLoss<z.output<typeof attributes>>(
    ({ beta }) => ({ limit: beta, square: 0.5 / beta, line: 1 }),
    'smooth(x − t)',
  ),
  onnx: null,
  pytorch: 'torch.nn.functional.smooth_l1_loss',
  samples: pairSamples({ beta: 0.5 }),
});
