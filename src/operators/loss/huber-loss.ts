// huber_loss: Huber loss.          Formula  y = mean (d²/2 where |d| ≤ δ, else δ(|d| − δ/2)), d = x − t
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = clip(d, ±δ)·dy/n, dtarget = −dx
// Source  Huber 1964; PyTorch huber_loss
// Cost    3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { pairInputs, reductionSchema } from '../support/loss.ts';
import { bentLoss, pairSamples } from '../support/pair-loss.ts';

const attributes = z.strictObject({
  delta: z.number().gt(0).default(1).meta({ title: 'δ', description: 'Where the square ends' }),
  reduction: reductionSchema,
});

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
  attributes,
  traits: { loss: true },
  ...bentLoss<z.output<typeof attributes>>(({ delta }) => ({ limit: delta, square: 0.5, line: delta }), 'huber(x − t)'),
  onnx: null,
  pytorch: 'torch.nn.functional.huber_loss',
  samples: pairSamples({ delta: 0.5 }),
});
