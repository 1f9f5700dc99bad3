// momentum: gradient descent with a velocity.    Formula  v ← μv + (1 − d)(g + λp), the first v is g + λp;  p ← p − lr·v
// Source  Polyak 1964; PyTorch optim.SGD with momentum
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import { zeros } from '../../program/initializer.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { velocityPrepare, velocityShared, velocityUpdate } from './velocity.ts';
import { weightDecay } from './weight-decay.ts';

export const momentum = defineOptimizer({
  id: 'momentum',
  title: 'Momentum',
  summary: 'Keeps a velocity that gradients push and friction slows.',
  formula: 'v \\leftarrow \\mu v + (1 - d)\\,g, \\quad p \\leftarrow p - \\eta\\,v',
  source: 'Polyak 1964; PyTorch torch.optim.SGD',
  options: z.strictObject({
    momentum: z.number().min(0).max(1).default(0.9).meta({ title: 'Momentum μ' }),
    dampening: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .meta({ title: 'Dampening d', description: 'Share of the gradient left out after the first step' }),
    nesterov: z.boolean().default(false).meta({ title: 'Nesterov', description: 'Steps along g + μv' }),
    weight_decay: weightDecay,
  }),
  defaultLr: 0.01,
  slots: (_, shape) => ({ momentum: { shape, init: zeros } }),
  shared: velocityShared,
  prepare: ({ emit, shared }) => velocityPrepare(emit, shared),
  update: ({ emit, parameter, gradient, lr, slots, shared, options }) =>
    velocityUpdate(
      emit,
      { parameter, gradient, lr, velocity: slots['momentum'] as Ref, step: shared['step'] },
      options,
    ),
});
