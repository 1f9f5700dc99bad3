// integrated gradients: the gradient averaged on the straight way from a baseline to the input, times that way: the
// contributions add up to the difference of the scores (completeness), the nearer the more steps.
import { z } from 'zod';
import { defineAttribution } from './attribution-method.ts';

/** Where along the way, 0…1, each of `steps` gradients is taken, and with which weight; the weights add up to 1. */
const rules: Readonly<Record<string, (k: number, steps: number) => readonly [at: number, weight: number]>> = {
  midpoint: (k: number, steps: number) => [(k + 0.5) / steps, 1 / steps],
  left: (k: number, steps: number) => [k / steps, 1 / steps],
  right: (k: number, steps: number) => [(k + 1) / steps, 1 / steps],
  /** `steps` gradients are the ends of steps − 1 intervals; a single one is taken in the middle. */
  trapezoid: (k: number, steps: number) =>
    steps === 1 ? [0.5, 1] : [k / (steps - 1), (k === 0 || k === steps - 1 ? 0.5 : 1) / (steps - 1)],
};

export const integratedGradients = defineAttribution({
  id: 'integrated_gradients',
  title: 'Integrated gradients',
  summary:
    'Slopes averaged on the way from a baseline to the input, times that way; they add up to the change of the score.',
  formula: '(x - b) \\odot \\int_0^1 \\frac{\\partial s}{\\partial x}\\big(b + \\alpha (x - b)\\big)\\, d\\alpha',
  source: 'Sundararajan et al. 2017',
  options: z.strictObject({
    steps: z.int().min(1).max(1000).default(32).meta({ title: 'Steps' }),
    rule: z.enum(['midpoint', 'right', 'left', 'trapezoid']).default('midpoint').meta({ title: 'Rule' }),
    baseline: z.number().default(0).meta({ title: 'Baseline', description: 'Every element of the start of the way' }),
  }),
  target: 'input',
  signed: true,
  moves: true,
  attribute({ input, gradientAt }, { steps, rule, baseline }) {
    const { shape, data } = input;
    const at = new Float32Array(data.length);
    const mean = new Float64Array(data.length);
    for (let k = 0; k < steps; k++) {
      const [alpha, weight] = (rules[rule] as (typeof rules)[string])(k, steps);
      for (let i = 0; i < at.length; i++) at[i] = baseline + alpha * ((data[i] as number) - baseline);
      const gradient = gradientAt(at).data;
      for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + weight * (gradient[i] as number);
    }
    return { shape, values: Float32Array.from(data, (x, i) => (x - baseline) * (mean[i] as number)) };
  },
});
