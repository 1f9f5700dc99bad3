// nadam: Adam that looks one step ahead.         Formula  p ← p − lr·((1−μ)/(1−Πμ)·g + μ'/(1−μ'μΠμ)·m)/(√v/√c + ε), μ = β₁(1 − ½·0.96^(tψ)), μ' of t + 1
// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², c = 1 − β₂ᵗ; Πμ: product of all μ so far. As PyTorch to 1.13, μ counts twice in the second term
// Source  Dozat 2016; PyTorch optim.NAdam
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { ones, zeros } from '../../program/initializer.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { towards } from './moments.ts';
import { decayed, weightDecay } from './weight-decay.ts';

const beta = z.number().min(0).lt(1);

/** μ at step t. */
function momentumAt(e: ExpressionBuilder, t: Line, memory: number, decay: number): Line {
  const power = e.pow(e.constant(0.96), e.mul(t, e.constant(decay)));
  return e.mul(e.constant(memory), e.sub(e.constant(1), e.mul(e.constant(0.5), power)));
}

export const nadam = defineOptimizer({
  id: 'nadam',
  title: 'NAdam',
  summary: 'Adam with Nesterov momentum: the step already counts the gradient that is to come.',
  formula:
    'p \\leftarrow p - \\eta\\,\\frac{\\frac{1 - \\mu_t}{1 - \\prod \\mu}\\,g + \\frac{\\mu_{t+1}}{1 - \\mu_{t+1} \\mu_t \\prod \\mu}\\,m}{\\sqrt{\\hat v} + \\epsilon}',
  source: 'Dozat 2016 (Incorporating Nesterov momentum into Adam); PyTorch torch.optim.NAdam',
  options: z.strictObject({
    betas: z
      .tuple([beta, beta])
      .default([0.9, 0.999])
      .meta({ title: 'β₁, β₂', description: 'Memory of the mean and of the mean square' }),
    eps: z.number().min(0).default(1e-8).meta({ title: 'ε', description: 'Added to the root' }),
    momentum_decay: z.number().min(0).default(0.004).meta({ title: 'Momentum decay ψ' }),
    weight_decay: weightDecay,
  }),
  defaultLr: 0.002,
  slots: (_, shape) => ({ exp_avg: { shape, init: zeros }, exp_avg_sq: { shape, init: zeros } }),
  shared: () => ({
    step: { shape: [], init: zeros },
    mu_product: { shape: [], init: ones },
    correction2: { shape: [], init: zeros },
  }),
  prepare({ emit, shared, options: { betas, momentum_decay: decay } }) {
    const step = emit.map([shared['step'] as Ref], (e, t) => e.add(t, e.constant(1)));
    return {
      step,
      mu_product: emit.map([shared['mu_product'] as Ref, step], (e, product, t) =>
        e.flush(e.mul(product, momentumAt(e, t, betas[0], decay))),
      ),
      correction2: emit.map([shared['correction2'] as Ref], (e, c) => towards(e, c, e.constant(1), betas[1])),
    };
  },
  update({ emit, parameter, gradient, lr, slots, shared, options }) {
    const common = [shared['step'], shared['mu_product'], shared['correction2']] as [Ref, Ref, Ref];
    const [oldMean, oldSquare] = [slots['exp_avg'], slots['exp_avg_sq']] as [Ref, Ref];
    const operands = [parameter, gradient, lr, ...common, oldMean, oldSquare];
    const [next, mean, square] = emit.mapMany(operands, (e, p, raw, rate, t, product, c, before, spread) => {
      const one = e.constant(1);
      const g = decayed(e, p, raw, options.weight_decay);
      const average = e.flush(towards(e, before, g, options.betas[0]));
      const squares = e.flush(towards(e, spread, e.mul(g, g), options.betas[1]));
      const now = momentumAt(e, t, options.betas[0], options.momentum_decay);
      const later = momentumAt(e, e.add(t, one), options.betas[0], options.momentum_decay);
      const ofGradient = e.mul(e.div(e.sub(one, now), e.sub(one, product)), g);
      const ofMean = e.mul(e.div(later, e.sub(one, e.mul(product, e.mul(now, later)))), average);
      const root = e.add(e.div(e.sqrt(squares), e.sqrt(c)), e.constant(options.eps));
      return [e.sub(p, e.mul(rate, e.div(e.add(ofGradient, ofMean), root))), average, squares];
    }) as [Ref, Ref, Ref];
    return { parameter: next, slots: { exp_avg: mean, exp_avg_sq: square } };
  },
});
