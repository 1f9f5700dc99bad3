// Options that schedules share: what a step is, and the warm-up that may stand in front of any of them.
import { z } from 'zod';

/** The linear rise in front of a schedule, counted in iterations. */
export const warmUp = {
  warmup: z
    .int()
    .min(0)
    .default(0)
    .meta({ title: 'Warm-up iterations', description: 'Iterations over which the rate rises to what it would be' }),
  warmup_factor: z.number().gt(0).max(1).optional().meta({
    title: 'Warm-up starts at',
    description: 'Share of the rate in the first iteration; without it 1 / warm-up iterations',
  }),
};

/** What one step of a schedule is, and the warm-up. */
export function stepOptions(interval: 'epoch' | 'iteration') {
  return {
    interval: z
      .enum(['epoch', 'iteration'])
      .default(interval)
      .meta({ title: 'A step is', description: 'What is counted' }),
    ...warmUp,
  };
}

export const gamma = z.number().gt(0);
export const lowestRate = z.number().min(0).default(0).meta({ title: 'Lowest rate', description: 'Where it ends' });
