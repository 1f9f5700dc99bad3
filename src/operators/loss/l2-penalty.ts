// l2_penalty: sum of squares to be kept small.   Formula  y = λ·Σ x² over all inputs
// Shapes  x0, x1, … any  y scalar                Gradient  dx = 2λ·x·dy
// Source  CS231n R(W); PyTorch weight_decay is 2λ
// Cost    2 flops an element
import { defineOperator } from '../define-operator.ts';
import { strengthAttributes, weightPenalty } from '../support/weight-penalty.ts';

export const l2Penalty = defineOperator({
  id: 'l2_penalty',
  family: 'loss',
  title: 'L2 penalty',
  summary: 'Weight decay as a visible term: λ times the sum of squares of what is wired.',
  formula: 'y = \\lambda \\sum_i x_i^2',
  gradientFormula: 'dx_i = 2 \\lambda x_i\\, dy',
  shapes: { x: 'any', y: 'a scalar' },
  source: 'CS231n regularization',
  keywords: ['weight decay', 'regularization', 'ridge', 'l2'],
  ...weightPenalty({
    attributes: strengthAttributes,
    strength: ({ weight }) => weight,
    each: (e, x) => e.mul(x, x),
    slope: (e, x, { weight }) => e.mul(e.constant(2 * weight), x),
    value: (x) => x * x,
    name: () => 'x²',
    examples: [{ weight: 0.1 }, { weight: 0.5 }],
  }),
});
