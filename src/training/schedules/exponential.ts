// exponential: falls by a factor at every step.  Formula  η·γᵗ
// Source  PyTorch lr_scheduler.ExponentialLR
import { z } from 'zod';
import { power } from '../../tensor/elementary.ts';
import { gamma, stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const exponential = defineSchedule({
  id: 'exponential',
  title: 'falls every epoch',
  summary: 'Multiplies the rate by γ after every epoch.',
  formula: '\\eta_t = \\eta\\,\\gamma^t',
  source: 'PyTorch torch.optim.lr_scheduler.ExponentialLR',
  options: z.strictObject({
    gamma: gamma.default(0.95).meta({ title: 'Factor γ' }),
    ...stepOptions('epoch'),
  }),
  rate: ({ step, base, options }) => base * power(options.gamma, step),
});
