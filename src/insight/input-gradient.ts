// input gradient: how the score changes with each element of the input.
import { z } from 'zod';
import { defineAttribution, plainGradient } from './attribution-method.ts';

export const inputGradient = defineAttribution({
  id: 'input_gradient',
  title: 'Input gradient',
  summary: 'The slope of the score along each element of the input.',
  formula: '\\frac{\\partial s}{\\partial x}',
  source: 'Simonyan et al. 2013',
  options: z.strictObject({}),
  target: 'input',
  signed: true,
  attribute: plainGradient,
});
