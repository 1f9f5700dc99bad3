// multi_step: falls by a factor at milestones.   Formula  η·γ^#{m ≤ t}; a milestone named twice counts twice
// Source  PyTorch lr_scheduler.MultiStepLR
import { z } from 'zod';
import { power } from '../../tensor/elementary.ts';
import { gamma, stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const multiStep = defineSchedule({
  id: 'multi_step',
  title: 'falls at milestones',
  summary: 'Multiplies the rate by γ at each of the epochs named.',
  formula: '\\eta_t = \\eta\\,\\gamma^{\\#\\{m \\le t\\}}',
  source: 'PyTorch torch.optim.lr_scheduler.MultiStepLR',
  options: z.strictObject({
    milestones: z.array(z.int().min(0)).max(1000).default([10, 20]).meta({ title: 'Milestones' }),
    gamma: gamma.default(0.1).meta({ title: 'Factor γ' }),
    ...stepOptions('epoch'),
  }),
  rate({ step, base, options }) {
    let passed = 0;
    for (const milestone of options.milestones) if (milestone <= step) passed++;
    return base * power(options.gamma, passed);
  },
});
