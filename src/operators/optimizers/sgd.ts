// sgd: stochastic gradient descent.              Formula  g ← g + λp;  p ← p − lr·g
// Source  Robbins & Monro 1951; PyTorch optim.SGD without momentum
import { z } from 'zod';
import { defineOptimizer } from './define-optimizer.ts';
import { decayed, weightDecay } from './weight-decay.ts';

export const sgd = defineOptimizer({
  id: 'sgd',
  title: 'SGD',
  summary: 'Steps against the gradient.',
  formula: 'p \\leftarrow p - \\eta\\,(g + \\lambda p)',
  source: 'Robbins & Monro 1951; PyTorch torch.optim.SGD',
  options: z.strictObject({ weight_decay: weightDecay }),
  defaultLr: 0.01,
  slots: () => ({}),
  shared: () => ({}),
  prepare: () => ({}),
  update({ emit, parameter, gradient, lr, options }) {
    const next = emit.map([parameter, gradient, lr], (e, p, g, rate) =>
      e.sub(p, e.mul(rate, decayed(e, p, g, options.weight_decay))),
    );
    return { parameter: next, slots: {} };
  },
});
