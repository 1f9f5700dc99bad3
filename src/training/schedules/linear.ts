// linear: from one share of the rate to another. Formula  η·(a + (b − a)·min(t, T)/T)
// Source  PyTorch lr_scheduler.LinearLR
import { z } from 'zod';
import { stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

const share = z.number().min(0).max(1);

export const linear = defineSchedule({
  id: 'linear',
  title: 'linear',
  summary: 'Goes in a straight line from one share of the rate to another, and stays there.',
  formula: '\\eta_t = \\eta\\,\\bigl(a + (b - a)\\,\\tfrac{\\min(t, T)}{T}\\bigr)',
  source: 'PyTorch torch.optim.lr_scheduler.LinearLR',
  options: z.strictObject({
    start_factor: share.default(1 / 3).meta({ title: 'Starts at', description: 'Share of the rate' }),
    end_factor: share.default(1).meta({ title: 'Ends at', description: 'Share of the rate' }),
    total_iters: z.int().min(1).default(5).meta({ title: 'Steps T' }),
    ...stepOptions('epoch'),
  }),
  rate: ({ step, base, options: { start_factor, end_factor, total_iters } }) =>
    base * (start_factor + ((end_factor - start_factor) * Math.min(step, total_iters)) / total_iters),
});
