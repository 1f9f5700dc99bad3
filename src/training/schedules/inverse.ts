// inverse: falls as 1/t.                         Formula  η/(1 + decay·t)
// Source  Robbins & Monro 1951; CS231n, annealing the learning rate: 1/t decay
import { z } from 'zod';
import { stepOptions } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const inverse = defineSchedule({
  id: 'inverse',
  title: 'lr / (1 + decay · epoch)',
  summary: 'Divides the rate by a number that grows by the same amount every epoch: 1/t decay.',
  formula: '\\eta_t = \\frac{\\eta}{1 + k\\,t}',
  source: 'Robbins & Monro 1951',
  options: z.strictObject({
    decay: z.number().gt(0).default(0.1).meta({ title: 'Decay' }),
    ...stepOptions('epoch'),
  }),
  rate: ({ step, base, options }) => base / (1 + options.decay * step),
});
