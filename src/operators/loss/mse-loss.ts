// mse_loss: squared error.                       Formula  y = mean (x − t)²
// Shapes  x, target equal  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE                         Gradient  dx = 2(x − t)·dy/n, dtarget = −dx
// Source  PyTorch mse_loss                       Cost  3 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { pairInputs, reductionSchema } from '../support/loss.ts';
import { pairLoss, pairSamples } from '../support/pair-loss.ts';

const attributes = z.strictObject({ reduction: reductionSchema });

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
  attributes,
  traits: { loss: true },
  ...pairLoss<z.output<typeof attributes>>({
    value(e, x, t) {
      const d = e.sub(x, t);
      return e.mul(d, d);
    },
    slope: (e, x, t) => e.mul(e.constant(2), e.sub(x, t)),
    reference: (x, t) => (x - t) * (x - t),
    name: '(x − t)²',
  }),
  onnx: null,
  pytorch: 'torch.nn.functional.mse_loss',
  samples: pairSamples(),
});
