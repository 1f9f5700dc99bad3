// rmsprop: steps scaled by a running root mean square.  Formula  s ← αs + (1−α)g²;  p ← p − lr·g/(√s + ε)
// centered: s less the square of the running mean of g; momentum: b ← μb + g/(√s + ε), p ← p − lr·b
// Source  Tieleman & Hinton 2012 (lecture 6e), centered: Graves 2013; PyTorch optim.RMSprop
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Line } from '../../program/expression-builder.ts';
import { zeros } from '../../program/initializer.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { decayed, weightDecay } from './weight-decay.ts';

interface Kinds {
  readonly centered: boolean;
  readonly momentum: number;
}

function slotNames({ centered, momentum }: Kinds): string[] {
  return ['square_avg', ...(centered ? ['grad_avg'] : []), ...(momentum > 0 ? ['momentum'] : [])];
}

export const rmsprop = defineOptimizer({
  id: 'rmsprop',
  title: 'RMSProp',
  summary: 'Divides every step by the root of a running average of squared gradients.',
  formula:
    's \\leftarrow \\alpha s + (1 - \\alpha) g^2, \\quad p \\leftarrow p - \\eta\\,\\frac{g}{\\sqrt{s} + \\epsilon}',
  source: 'Tieleman & Hinton 2012; Graves 2013 (arXiv:1308.0850); PyTorch torch.optim.RMSprop',
  options: z.strictObject({
    alpha: z.number().min(0).lt(1).default(0.99).meta({ title: 'Memory α' }),
    eps: z.number().min(0).default(1e-8).meta({ title: 'ε', description: 'Added to the root' }),
    momentum: z.number().min(0).max(1).default(0).meta({ title: 'Momentum μ' }),
    centered: z.boolean().default(false).meta({ title: 'Centred', description: 'Divides by the standard deviation' }),
    weight_decay: weightDecay,
  }),
  defaultLr: 0.01,
  slots: (options, shape) => Object.fromEntries(slotNames(options).map((name) => [name, { shape, init: zeros }])),
  shared: () => ({}),
  prepare: () => ({}),
  update({ emit, parameter, gradient, lr, slots, options }) {
    const names = slotNames(options);
    const operands = [parameter, gradient, lr, ...names.map((name) => slots[name] as Ref)];
    const results = emit.mapMany(operands, (e, p, raw, rate, oldSquare, ...others) => {
      const old = (name: string) => others[names.indexOf(name) - 1] as Line;
      const blend = (before: Line, now: Line) =>
        e.flush(e.add(before, e.mul(e.sub(now, before), e.constant(1 - options.alpha))));
      const g = decayed(e, p, raw, options.weight_decay);
      const square = blend(oldSquare, e.mul(g, g));
      const mean = options.centered ? blend(old('grad_avg'), g) : undefined;
      // Rounding can push the difference below 0 where the gradient never changes.
      const spread = mean === undefined ? square : e.max(e.sub(square, e.mul(mean, mean)), e.constant(0));
      const scaled = e.div(g, e.add(e.sqrt(spread), e.constant(options.eps)));
      const velocity =
        options.momentum > 0 ? e.flush(e.add(e.mul(old('momentum'), e.constant(options.momentum)), scaled)) : undefined;
      const next = e.sub(p, e.mul(rate, velocity ?? scaled));
      return [next, square, ...[mean, velocity].filter((line) => line !== undefined)];
    });
    const fresh = Object.fromEntries(names.map((name, i) => [name, results[i + 1] as Ref]));
    return { parameter: results[0] as Ref, slots: fresh };
  },
});
