// Grad-CAM: which places of a feature map speak for the score: its channels weighed by their mean slope, the positive part.
import { z } from 'zod';
import { numel } from '../tensor/shape.ts';
import { defineAttribution } from './attribution-method.ts';
import { resizeBilinear } from './resize-bilinear.ts';

export const gradCam = defineAttribution({
  id: 'grad_cam',
  title: 'Grad-CAM',
  summary:
    'Which places of a feature map speak for the score: its channels weighed by their mean slope, the positive part.',
  formula: '\\max\\Big(0, \\sum_k \\overline{\\frac{\\partial s}{\\partial A_k}} A_k\\Big)',
  source: 'Selvaraju et al. 2017',
  options: z.strictObject({
    layer: z.string().optional().meta({
      title: 'Layer',
      description: 'Node or value with feature maps; the last one before the scores by default',
    }),
    upsample: z.boolean().default(true).meta({ title: 'At the size of the input', description: 'Bilinear' }),
  }),
  target: 'layer',
  signed: false,
  attribute({ input, target, gradientAt }, { upsample }) {
    const { data: slopes, shape } = gradientAt(input.data);
    const [channels = 1, ...places] = shape;
    const plane = numel(places);
    const map = new Float64Array(plane);
    for (let c = 0; c < channels; c++) {
      let weight = 0;
      for (let i = 0; i < plane; i++) weight += slopes[c * plane + i] as number;
      weight /= plane;
      for (let i = 0; i < plane; i++) map[i] = (map[i] as number) + weight * (target.data[c * plane + i] as number);
    }
    const values = Float32Array.from(map, (x) => Math.max(0, x));
    const size = input.shape.slice(-places.length);
    if (!upsample || places.length !== 2 || size.length !== 2) return { shape: places, values };
    return { shape: size, values: resizeBilinear(values, places as [number, number], size as [number, number]) };
  },
});
