// cosine: half a cosine down to the lowest rate. Formula  η_min + (η − η_min)(1 + cos(πt/T))/2; behind T it rises again
// Source  Loshchilov & Hutter 2017; PyTorch lr_scheduler.CosineAnnealingLR
import { z } from 'zod';
import { cosine as cos } from '../../tensor/elementary.ts';
import { lowestRate, stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const cosine = defineSchedule({
  id: 'cosine',
  title: 'cosine',
  summary: 'Lowers the rate along half a cosine, slowly at both ends.',
  formula: '\\eta_t = \\eta_{min} + \\tfrac12 (\\eta - \\eta_{min})(1 + \\cos\\tfrac{\\pi t}{T})',
  source: 'Loshchilov & Hutter 2017 (arXiv:1608.03983); PyTorch torch.optim.lr_scheduler.CosineAnnealingLR',
  options: z.strictObject({
    T_max: z.int().min(1).optional().meta({ title: 'Steps down T', description: 'Without it the whole run' }),
    eta_min: lowestRate,
    ...stepOptions('epoch'),
  }),
  rate: ({ step, steps, base, options: { T_max = steps, eta_min } }) =>
    eta_min + 0.5 * (base - eta_min) * (1 + cos((Math.PI * step) / T_max)),
});
