// polynomial: falls to 0 along a power.          Formula  η·(1 − min(t, T)/T)^p
// Source  PyTorch lr_scheduler.PolynomialLR
import { z } from 'zod';
import { power as raised } from '../../tensor/elementary.ts';
import { stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const polynomial = defineSchedule({
  id: 'polynomial',
  title: 'polynomial',
  summary: 'Lowers the rate to 0 along a power of what is left of the run.',
  formula: '\\eta_t = \\eta\\,\\bigl(1 - \\tfrac{\\min(t, T)}{T}\\bigr)^p',
  source: 'PyTorch torch.optim.lr_scheduler.PolynomialLR',
  options: z.strictObject({
    total_iters: z.int().min(1).optional().meta({ title: 'Steps T', description: 'Without it the whole run' }),
    power: z.number().gt(0).default(1).meta({ title: 'Power p' }),
    ...stepOptions('epoch'),
  }),
  rate({ step, steps, base, options: { total_iters = steps, power } }) {
    const left = 1 - Math.min(step, total_iters) / total_iters;
    return left === 0 ? 0 : base * raised(left, power);
  },
});
