// saliency: which pixels move the score: the largest |∂score/∂pixel| over the channels.
import { z } from 'zod';
import { numel } from '../tensor/shape.ts';
import { defineAttribution } from './attribution-method.ts';

export const saliency = defineAttribution({
  id: 'saliency',
  title: 'Saliency',
  summary: 'How strongly each pixel moves the score: the largest slope over its channels.',
  formula: '\\max_c \\left|\\frac{\\partial s}{\\partial x_c}\\right|',
  source: 'Simonyan et al. 2013',
  options: z.strictObject({}),
  target: 'input',
  signed: false,
  attribute({ input, gradientAt }) {
    const { shape, data } = gradientAt(input.data);
    const map = shape.slice(-2);
    const plane = numel(map);
    const values = new Float32Array(plane);
    for (let i = 0; i < data.length; i++) {
      values[i % plane] = Math.max(values[i % plane] as number, Math.abs(data[i] as number));
    }
    return { shape: map, values };
  },
});
