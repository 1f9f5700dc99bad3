// adagrad: steps shrink where gradients have been large.  Formula  s ← s + g²;  p ← p − lr/(1 + (t − 1)·decay)·g/(√s + ε)
// Source  Duchi et al. 2011; PyTorch optim.Adagrad
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import { zeros } from '../../program/initializer.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { decayed, weightDecay } from './weight-decay.ts';

export const adagrad = defineOptimizer({
  id: 'adagrad',
  title: 'AdaGrad',
  summary: 'Divides every step by the root of all squared gradients so far.',
  formula: 's \\leftarrow s + g^2, \\quad p \\leftarrow p - \\eta\\,\\frac{g}{\\sqrt{s} + \\epsilon}',
  source: 'Duchi et al. 2011; PyTorch torch.optim.Adagrad',
  options: z.strictObject({
    lr_decay: z.number().min(0).default(0).meta({ title: 'Decay of the learning rate' }),
    initial_accumulator_value: z.number().min(0).default(0).meta({ title: 'Start of the sum' }),
    eps: z.number().min(0).default(1e-10).meta({ title: 'ε', description: 'Added to the root' }),
    weight_decay: weightDecay,
  }),
  defaultLr: 0.01,
  slots: (options, shape) => ({ sum: { shape, init: { kind: 'constant', value: options.initial_accumulator_value } } }),
  shared: ({ lr_decay }) => (lr_decay === 0 ? {} : { step: { shape: [], init: zeros } }),
  prepare: ({ emit, shared }) => {
    const step = shared['step'];
    return step ? { step: emit.map([step], (e, t) => e.add(t, e.constant(1))) } : {};
  },
  update({ emit, parameter, gradient, lr, slots, shared, options }) {
    const step = shared['step'];
    const operands = [parameter, gradient, lr, slots['sum'] as Ref, ...(step ? [step] : [])];
    const [next, sum] = emit.mapMany(operands, (e, p, raw, rate, old, t) => {
      const g = decayed(e, p, raw, options.weight_decay);
      const one = e.constant(1);
      const slower =
        t === undefined ? rate : e.div(rate, e.add(one, e.mul(e.sub(t, one), e.constant(options.lr_decay))));
      const total = e.flush(e.add(old, e.mul(g, g)));
      return [e.sub(p, e.mul(slower, e.div(g, e.add(e.sqrt(total), e.constant(options.eps))))), total];
    }) as [Ref, Ref];
    return { parameter: next, slots: { sum } };
  },
});
