// one_cycle: up to the highest rate, then far down below the start. Between the phases' ends (start, highest, [start,] lowest) the
// rate follows half a cosine or a line. Formula  start = highest/div, lowest = start/final_div; the peak lies at pct·T − 1
// Source  Smith & Topin 2018; PyTorch lr_scheduler.OneCycleLR (which also bends the momentum: not here)
import { z } from 'zod';
import { cosine as cos } from '../../tensor/elementary.ts';
import { stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const oneCycle = defineSchedule({
  id: 'one_cycle',
  title: 'one cycle',
  summary: 'Raises the rate to its highest and lowers it to almost nothing, once in the whole run.',
  formula: '\\eta_t:\\ \\tfrac{\\eta_{max}}{d} \\nearrow \\eta_{max} \\searrow \\tfrac{\\eta_{max}}{d\\,f}',
  source: 'Smith & Topin 2018 (arXiv:1708.07120); PyTorch torch.optim.lr_scheduler.OneCycleLR',
  options: z.strictObject({
    max_lr: z.number().gt(0).optional().meta({ title: 'Highest rate', description: 'Without it the learning rate' }),
    total_steps: z.int().min(1).optional().meta({ title: 'Steps T', description: 'Without it the whole run' }),
    pct_start: z.number().min(0).max(1).default(0.3).meta({ title: 'Share spent rising' }),
    anneal_strategy: z.enum(['cos', 'linear']).default('cos').meta({ title: 'Between the ends' }),
    div_factor: z
      .number()
      .gt(0)
      .default(25)
      .meta({ title: 'Starts at', description: 'The highest rate divided by this' }),
    final_div_factor: z
      .number()
      .gt(0)
      .default(1e4)
      .meta({ title: 'Ends at', description: 'The starting rate divided by this' }),
    three_phase: z
      .boolean()
      .default(false)
      .meta({ title: 'Three phases', description: 'Falls to the start as it rose, then on to the end' }),
    ...stepOptions('iteration'),
  }),
  rate({ step, steps, base, options }) {
    const { max_lr: highest = base, total_steps = steps, pct_start } = options;
    const start = highest / options.div_factor;
    const lowest = start / options.final_div_factor;
    const last = total_steps - 1;
    const peak = pct_start * total_steps - 1;
    const between = (from: number, to: number, begin: number, end: number): number => {
      const share = end > begin ? Math.min(1, Math.max(0, (step - begin) / (end - begin))) : 1;
      if (options.anneal_strategy === 'linear') return from + (to - from) * share;
      return to + 0.5 * (from - to) * (1 + cos(Math.PI * share));
    };
    if (step <= peak) return between(start, highest, 0, peak);
    if (!options.three_phase) return between(highest, lowest, peak, last);
    const back = 2 * pct_start * total_steps - 2;
    return step <= back ? between(highest, start, peak, back) : between(start, lowest, back, last);
  },
});
