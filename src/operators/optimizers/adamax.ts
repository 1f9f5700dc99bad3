// adamax: Adam with the largest gradient.        Formula  m ← β₁m + (1−β₁)g;  u ← max(β₂u, |g| + ε);  p ← p − lr/c · m/u, c = 1 − β₁ᵗ
// Source  Kingma & Ba 2015, section 7.1; PyTorch optim.Adamax
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import { zeros } from '../../program/initializer.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { towards } from './moments.ts';
import { decayed, weightDecay } from './weight-decay.ts';

const beta = z.number().min(0).lt(1);

export const adamax = defineOptimizer({
  id: 'adamax',
  title: 'Adamax',
  summary: 'Adam that divides by the largest recent gradient instead of a mean square.',
  formula: 'u \\leftarrow \\max(\\beta_2 u, |g|), \\quad p \\leftarrow p - \\eta\\,\\frac{\\hat m}{u}',
  source: 'Kingma & Ba 2015 (arXiv:1412.6980); PyTorch torch.optim.Adamax',
  options: z.strictObject({
    betas: z
      .tuple([beta, beta])
      .default([0.9, 0.999])
      .meta({ title: 'β₁, β₂', description: 'Memory of the mean and of the largest' }),
    eps: z.number().min(0).default(1e-8).meta({ title: 'ε', description: 'Added to the magnitude' }),
    weight_decay: weightDecay,
  }),
  defaultLr: 0.002,
  slots: (_, shape) => ({ exp_avg: { shape, init: zeros }, exp_inf: { shape, init: zeros } }),
  shared: () => ({ correction: { shape: [], init: zeros } }),
  prepare: ({ emit, shared, options }) => ({
    correction: emit.map([shared['correction'] as Ref], (e, c) => towards(e, c, e.constant(1), options.betas[0])),
  }),
  update({ emit, parameter, gradient, lr, slots, shared, options }) {
    const [correction, oldMean, oldLargest] = [shared['correction'], slots['exp_avg'], slots['exp_inf']] as [
      Ref,
      Ref,
      Ref,
    ];
    const operands = [parameter, gradient, lr, correction, oldMean, oldLargest];
    const [next, mean, largest] = emit.mapMany(operands, (e, p, raw, rate, c, before, most) => {
      const g = decayed(e, p, raw, options.weight_decay);
      const average = e.flush(towards(e, before, g, options.betas[0]));
      const magnitude = e.add(e.abs(g), e.constant(options.eps));
      const now = e.flush(e.max(e.mul(most, e.constant(options.betas[1])), magnitude));
      return [e.sub(p, e.mul(e.div(rate, c), e.div(average, now))), average, now];
    }) as [Ref, Ref, Ref];
    return { parameter: next, slots: { exp_avg: mean, exp_inf: largest } };
  },
});
