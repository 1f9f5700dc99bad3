// elastic_net_penalty: magnitudes and squares together.   Formula  y = λ₁·Σ |x| + λ₂·Σ x² over all inputs
// Shapes  x0, x1, … any  y scalar                Gradient  dx = (λ₁·sign(x) + 2λ₂·x)·dy; 2λ₂·x·dy at the kink x = 0
// Source  Zou & Hastie 2005; CS231n R(W) = Σ βW² + |W|
// Cost    4 flops an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { weightPenalty } from '../support/weight-penalty.ts';

const share = z.number().min(0).default(1e-4);

export const elasticNetPenalty = defineOperator({
  id: 'elastic_net_penalty',
  family: 'loss',
  title: 'Elastic net penalty',
  summary: 'L1 and L2 penalty in one: pulls weights to zero and keeps the large ones in check.',
  formula: 'y = \\lambda_1 \\sum_i |x_i| + \\lambda_2 \\sum_i x_i^2',
  gradientFormula: 'dx_i = \\left(\\lambda_1 \\operatorname{sign}(x_i) + 2 \\lambda_2 x_i\\right) dy',
  gradientNote: 'Kink at x = 0: the gradient is 0 there.',
  shapes: { x: 'any', y: 'a scalar' },
  source: 'Zou & Hastie 2005; CS231n regularization',
  keywords: ['lasso', 'ridge', 'regularization', 'l1', 'l2', 'elasticnet'],
  ...weightPenalty({
    attributes: z.strictObject({
      l1: share.meta({ title: 'Strength λ₁', description: 'Of the magnitudes' }),
      l2: share.meta({ title: 'Strength λ₂', description: 'Of the squares' }),
    }),
    strength: () => 1,
    each: (e, x, { l1, l2 }) => e.add(e.mul(e.constant(l1), e.abs(x)), e.mul(e.constant(l2), e.mul(x, x))),
    slope: (e, x, { l1, l2 }) => e.add(e.mul(e.constant(l1), e.sign(x)), e.mul(e.constant(2 * l2), x)),
    value: (x, { l1, l2 }) => l1 * Math.abs(x) + l2 * x * x,
    name: ({ l1, l2 }) => `(${say(l1)}·|x| + ${say(l2)}·x²)`,
    examples: [
      { l1: 0.1, l2: 0.3 },
      { l1: 0.5, l2: 0.02 },
    ],
  }),
});
