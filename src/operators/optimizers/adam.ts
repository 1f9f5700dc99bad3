// adam: steps scaled by running moments.         Formula  m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − lr·(m/c₁)/(√v/√c₂ + ε), c = 1 − βᵗ
// Source  Kingma & Ba 2015; AMSGrad: Reddi et al. 2018; PyTorch optim.Adam (weight decay is added to g)
import { z } from 'zod';
import { defineOptimizer } from './define-optimizer.ts';
import { momentsOptions, momentsPrepare, momentsShared, momentsSlots, momentsUpdate } from './moments.ts';
import { decayed, weightDecay } from './weight-decay.ts';

export const adam = defineOptimizer({
  id: 'adam',
  title: 'Adam',
  summary: 'Scales every step by running averages of the gradient and of its square.',
  formula: 'p \\leftarrow p - \\eta\\,\\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}',
  source: 'Kingma & Ba 2015 (arXiv:1412.6980); PyTorch torch.optim.Adam',
  options: z.strictObject({ ...momentsOptions, weight_decay: weightDecay }),
  defaultLr: 0.001,
  slots: momentsSlots,
  shared: momentsShared,
  prepare: ({ emit, shared, options }) => momentsPrepare(emit, shared, options),
  update: ({ emit, options, ...tensors }) =>
    momentsUpdate(emit, tensors, options, { gradientOf: (e, p, g) => decayed(e, p, g, options.weight_decay) }),
});
