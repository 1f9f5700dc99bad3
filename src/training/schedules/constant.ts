// constant: the rate stays as it is.             Formula  η
import { z } from 'zod';
import { warmUp } from './common-options.ts';
import { defineSchedule } from './define-schedule.ts';

export const constant = defineSchedule({
  id: 'constant',
  title: 'constant',
  summary: 'Keeps the learning rate.',
  formula: '\\eta_t = \\eta',
  source: 'PyTorch torch.optim.lr_scheduler.ConstantLR with factor 1',
  options: z.strictObject(warmUp),
  rate: ({ base }) => base,
});
