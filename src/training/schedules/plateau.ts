// plateau: falls when the validation loss no longer does. A fold over the losses measured so far, one an epoch: the same losses
// give the same rate, wherever a replay begins. An epoch that nobody measured is passed over.
// Formula  η ← max(η·factor, η_min) after more than `patience` epochs in a row without a loss below best·(1 − threshold)
// Source  PyTorch lr_scheduler.ReduceLROnPlateau, mode min
import { z } from 'zod';
import { warmUp } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const plateau = defineSchedule({
  id: 'plateau',
  title: 'falls on a plateau',
  summary: 'Lowers the rate when the validation loss has not fallen for some epochs.',
  formula: '\\eta \\leftarrow \\max(f\\,\\eta,\\ \\eta_{min}) \\text{ when the loss stands still}',
  source: 'PyTorch torch.optim.lr_scheduler.ReduceLROnPlateau',
  options: z.strictObject({
    factor: z.number().gt(0).lt(1).default(0.1).meta({ title: 'Factor' }),
    patience: z
      .int()
      .min(0)
      .default(10)
      .meta({ title: 'Patience', description: 'Epochs without progress that are let pass' }),
    threshold: z
      .number()
      .min(0)
      .default(1e-4)
      .meta({ title: 'Progress is', description: 'How much less than the best' }),
    threshold_mode: z
      .enum(['rel', 'abs'])
      .default('rel')
      .meta({ title: 'Progress counts as', description: 'A share of the best loss, or a difference' }),
    cooldown: z.int().min(0).default(0).meta({ title: 'Rest', description: 'Epochs after a fall that do not count' }),
    min_lr: z.number().min(0).default(0).meta({ title: 'Lowest rate' }),
    eps: z.number().min(0).default(1e-8).meta({ title: 'Smallest fall', description: 'Falls by less are left out' }),
    ...warmUp,
  }),
  followsValidation: true,
  rate({ step, base, measured, options }) {
    const { factor, patience, threshold, threshold_mode, cooldown, min_lr, eps } = options;
    let rate = base;
    let best = Number.POSITIVE_INFINITY;
    let [bad, resting] = [0, 0];
    for (let epoch = 0; epoch < step; epoch++) {
      const loss = measured[epoch];
      if (loss === undefined) continue;
      const bar = threshold_mode === 'rel' ? best * (1 - threshold) : best - threshold;
      if (loss < bar) [best, bad] = [loss, 0];
      else bad++;
      if (resting > 0) [resting, bad] = [resting - 1, 0];
      if (bad <= patience) continue;
      const lower = Math.max(rate * factor, min_lr);
      if (rate - lower > eps) rate = lower;
      [resting, bad] = [cooldown, 0];
    }
    return rate;
  },
});
