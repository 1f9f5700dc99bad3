// adamw: adam with decoupled weight decay.       Formula  p ← p − lr·λp, then as adam with the bare gradient
// Source  Loshchilov & Hutter 2019; PyTorch optim.AdamW
import { z } from 'zod';
import { defineOptimizer } from './define-optimizer.ts';
import { momentsOptions, momentsPrepare, momentsShared, momentsSlots, momentsUpdate } from './moments.ts';

export const adamw = defineOptimizer({
  id: 'adamw',
  title: 'AdamW',
  summary: 'Adam whose weight decay shrinks the parameters directly.',
  formula: 'p \\leftarrow p - \\eta\\,\\lambda p - \\eta\\,\\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}',
  source: 'Loshchilov & Hutter 2019 (arXiv:1711.05101); PyTorch torch.optim.AdamW',
  options: z.strictObject({
    ...momentsOptions,
    weight_decay: z.number().min(0).default(0.01).meta({
      title: 'Weight decay λ',
      description: 'Share of the parameter taken away each step, times the learning rate',
    }),
  }),
  defaultLr: 0.001,
  slots: momentsSlots,
  shared: momentsShared,
  prepare: ({ emit, shared, options }) => momentsPrepare(emit, shared, options),
  update: ({ emit, options, ...tensors }) =>
    momentsUpdate(emit, tensors, options, {
      shrink: (e, p, rate) => e.sub(p, e.mul(p, e.mul(rate, e.constant(options.weight_decay)))),
    }),
});
