// nesterov: momentum that looks ahead.           Formula  v ← μv + (g + λp);  p ← p − lr·((g + λp) + μv)
// Source  Nesterov 1983, Sutskever et al. 2013; PyTorch optim.SGD with nesterov
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import { zeros } from '../../program/initializer.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { velocityUpdate } from './velocity.ts';
import { weightDecay } from './weight-decay.ts';

export const nesterov = defineOptimizer({
  id: 'nesterov',
  title: 'Nesterov momentum',
  summary: 'Momentum that steps to where the velocity is about to lead.',
  formula: 'v \\leftarrow \\mu v + g, \\quad p \\leftarrow p - \\eta\\,(g + \\mu v)',
  source: 'Nesterov 1983; Sutskever et al. 2013; PyTorch torch.optim.SGD',
  options: z.strictObject({
    momentum: z.number().min(0).max(1).default(0.9).meta({ title: 'Momentum μ' }),
    weight_decay: weightDecay,
  }),
  defaultLr: 0.01,
  slots: (_, shape) => ({ momentum: { shape, init: zeros } }),
  shared: () => ({}),
  prepare: () => ({}),
  update({ emit, parameter, gradient, lr, slots, options }) {
    const tensors = { parameter, gradient, lr, velocity: slots['momentum'] as Ref, step: undefined };
    return velocityUpdate(emit, tensors, { ...options, dampening: 0, nesterov: true });
  },
});
