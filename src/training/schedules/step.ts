// step: falls by a factor every so many steps.   Formula  η·γ^⌊t/size⌋
// Source  PyTorch lr_scheduler.StepLR
import { z } from 'zod';
import { power } from '../../tensor/elementary.ts';
import { gamma, stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const step = defineSchedule({
  id: 'step',
  title: 'falls in steps',
  summary: 'Multiplies the rate by γ every so many epochs.',
  formula: '\\eta_t = \\eta\\,\\gamma^{\\lfloor t / s \\rfloor}',
  source: 'PyTorch torch.optim.lr_scheduler.StepLR',
  options: z.strictObject({
    step_size: z.int().min(1).default(10).meta({ title: 'Epochs a step' }),
    gamma: gamma.default(0.1).meta({ title: 'Factor γ' }),
    ...stepOptions('epoch'),
  }),
  rate: ({ step: t, base, options }) => base * power(options.gamma, Math.floor(t / options.step_size)),
});
