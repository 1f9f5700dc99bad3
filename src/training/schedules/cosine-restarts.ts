// cosine_restarts: cosine, again and again.      Formula  η_min + (η − η_min)(1 + cos(πτ/T))/2, τ steps since the last restart, T ← T·mult
// Source  Loshchilov & Hutter 2017; PyTorch lr_scheduler.CosineAnnealingWarmRestarts
import { z } from 'zod';
import { cosine as cos } from '../../tensor/elementary.ts';
import { lowestRate, stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const cosineRestarts = defineSchedule({
  id: 'cosine_restarts',
  title: 'cosine with restarts',
  summary:
    'Lowers the rate along half a cosine and jumps back to the start, in ever longer cycles: for snapshot ensembles.',
  formula: '\\eta_t = \\eta_{min} + \\tfrac12 (\\eta - \\eta_{min})(1 + \\cos\\tfrac{\\pi \\tau}{T_i})',
  source: 'Loshchilov & Hutter 2017 (arXiv:1608.03983); PyTorch torch.optim.lr_scheduler.CosineAnnealingWarmRestarts',
  options: z.strictObject({
    T_0: z.int().min(1).default(10).meta({ title: 'First cycle T₀', description: 'Steps until the first restart' }),
    T_mult: z
      .int()
      .min(1)
      .default(1)
      .meta({ title: 'Cycles grow by', description: 'Each cycle is so many times longer' }),
    eta_min: lowestRate,
    ...stepOptions('epoch'),
  }),
  rate({ step, base, options: { T_0, T_mult, eta_min } }) {
    let [cycle, since] = [T_0, step];
    if (T_mult === 1) since %= cycle;
    else {
      while (since >= cycle) {
        since -= cycle;
        cycle *= T_mult;
      }
    }
    return eta_min + 0.5 * (base - eta_min) * (1 + cos((Math.PI * since) / cycle));
  },
});
