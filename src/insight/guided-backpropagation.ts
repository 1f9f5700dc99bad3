// guided backpropagation: rectifiers pass a gradient back only where it is positive and their input was, so that what is left
// are the paths that raise the score.
import { z } from 'zod';
import { defineAttribution, plainGradient } from './attribution-method.ts';

export const guidedBackpropagation = defineAttribution({
  id: 'guided_backpropagation',
  title: 'Guided backpropagation',
  summary:
    'The input gradient along paths that raise the score: ReLUs pass only positive gradients at positive inputs.',
  formula: 'dx = dy\\,[x > 0]\\,[dy > 0]',
  source: 'Springenberg et al. 2014',
  options: z.strictObject({}),
  target: 'input',
  signed: true,
  rules: {
    rectifier: (emit, { y, dy }) =>
      emit.map([y, dy], (e, out, up) => e.select(e.gt(out, e.constant(0)), e.max(up, e.constant(0)), e.constant(0))),
  },
  attribute: plainGradient,
});
