// gradient × input: what each element contributes to the score to first order.
import { z } from 'zod';
import { defineAttribution } from './attribution-method.ts';

export const gradientTimesInput = defineAttribution({
  id: 'gradient_times_input',
  title: 'Gradient × input',
  summary: 'The slope of the score times the element itself: its contribution to first order.',
  formula: 'x \\odot \\frac{\\partial s}{\\partial x}',
  source: 'Shrikumar et al. 2016',
  options: z.strictObject({}),
  target: 'input',
  signed: true,
  attribute({ input, gradientAt }) {
    const { shape, data } = gradientAt(input.data);
    return { shape, values: Float32Array.from(data, (slope, i) => slope * (input.data[i] as number)) };
  },
});
