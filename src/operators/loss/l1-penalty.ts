// l1_penalty: sum of magnitudes to be kept small.   Formula  y = λ·Σ |x| over all inputs
// Shapes  x0, x1, … any  y scalar                Gradient  dx = λ·sign(x)·dy; 0 at the kink x = 0
// Source  CS231n R(W); Tibshirani 1996
// Cost    2 flops an element
import { defineOperator } from '../define-operator.ts';
import { strengthAttributes, weightPenalty } from '../support/weight-penalty.ts';

export const l1Penalty = defineOperator({
  id: 'l1_penalty',
  family: 'loss',
  title: 'L1 penalty',
  summary: 'Pulls weights to exactly zero: λ times the sum of magnitudes of what is wired.',
  formula: 'y = \\lambda \\sum_i |x_i|',
  gradientFormula: 'dx_i = \\lambda \\operatorname{sign}(x_i)\\, dy',
  gradientNote: 'Kink at x = 0: the gradient is 0 there.',
  shapes: { x: 'any', y: 'a scalar' },
  source: 'CS231n regularization',
  keywords: ['lasso', 'regularization', 'sparsity', 'l1'],
  ...weightPenalty({
    attributes: strengthAttributes,
    strength: ({ weight }) => weight,
    each: (e, x) => e.abs(x),
    slope: (e, x, { weight }) => e.mul(e.constant(weight), e.sign(x)),
    value: Math.abs,
    name: () => '|x|',
    examples: [{ weight: 0.1 }, { weight: 0.5 }],
  }),
});
