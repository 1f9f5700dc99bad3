// adadelta: steps as long as earlier steps were.  Formula  s ← ρs + (1−ρ)g²;  δ = g·√(d + ε)/√(s + ε);  d ← ρd + (1−ρ)δ²;  p ← p − lr·δ
// Source  Zeiler 2012; PyTorch optim.Adadelta
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Line } from '../../program/expression-builder.ts';
import { zeros } from '../../program/initializer.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { decayed, weightDecay } from './weight-decay.ts';

export const adadelta = defineOptimizer({
  id: 'adadelta',
  title: 'Adadelta',
  summary: 'Scales every step by the ratio of earlier steps to earlier gradients: needs no learning rate.',
  formula: 'p \\leftarrow p - \\eta\\,\\frac{\\sqrt{d + \\epsilon}}{\\sqrt{s + \\epsilon}}\\,g',
  source: 'Zeiler 2012 (arXiv:1212.5701); PyTorch torch.optim.Adadelta',
  options: z.strictObject({
    rho: z.number().min(0).lt(1).default(0.9).meta({ title: 'Memory ρ' }),
    eps: z.number().min(0).default(1e-6).meta({ title: 'ε', description: 'Added under both roots' }),
    weight_decay: weightDecay,
  }),
  defaultLr: 1,
  slots: (_, shape) => ({ square_avg: { shape, init: zeros }, acc_delta: { shape, init: zeros } }),
  shared: () => ({}),
  prepare: () => ({}),
  update({ emit, parameter, gradient, lr, slots, options }) {
    const operands = [parameter, gradient, lr, slots['square_avg'] as Ref, slots['acc_delta'] as Ref];
    const [next, square, moved] = emit.mapMany(operands, (e, p, raw, rate, oldSquare, oldMoved) => {
      const blend = (before: Line, now: Line) =>
        e.flush(e.add(before, e.mul(e.sub(now, before), e.constant(1 - options.rho))));
      const root = (of: Line) => e.sqrt(e.add(of, e.constant(options.eps)));
      const g = decayed(e, p, raw, options.weight_decay);
      const spread = blend(oldSquare, e.mul(g, g));
      const step = e.mul(e.div(root(oldMoved), root(spread)), g);
      return [e.sub(p, e.mul(rate, step)), spread, blend(oldMoved, e.mul(step, step))];
    }) as [Ref, Ref, Ref];
    return { parameter: next, slots: { square_avg: square, acc_delta: moved } };
  },
});
