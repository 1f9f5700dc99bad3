// Regions of feature maps, rows [batch index, x1, y1, x2, y2]: what roi_pool and roi_align share: ports, attributes, inference.

import { z } from 'zod';
import { formatShape } from '../../tensor/shape.ts';
import { pairOf, pairSchema } from '../convolution/window.ts';
import type { InferContext, TensorType } from '../define-operator.ts';

export const regionInputs = {
  x: { title: 'Feature maps', rank: 4 },
  rois: { title: 'Regions', rank: 2 },
} as const;

export const regionShapes = {
  x: '[N, C, H, W]',
  rois: '[K, 5], rows batch index, x1, y1, x2, y2',
  y: '[K, C, H′, W′], the output size',
};

/** Of every operator on regions. */
export const regionAttributes = {
  output_size: pairSchema
    .default(7)
    .meta({ title: 'Output size', unit: 'px', description: 'One number or [height, width]' }),
  spatial_scale: z
    .number()
    .gt(0)
    .default(1)
    .meta({ title: 'Scale', description: 'Pixels here for one unit of the rois' }),
};

type Attributes = { readonly output_size: z.output<typeof pairSchema> };

/** One picture of the output size for each region, or E_ROIS. */
export function inferRegions({
  inputs: { x, rois },
  attributes,
  source,
  fail,
}: InferContext<typeof regionInputs, Record<never, never>, Attributes>): { outputs: { y: TensorType } } | null {
  if (rois.shape[1] !== 5) {
    const message = `expects rows batch index, x1, y1, x2, y2, gets ${formatShape(rois.shape)} from ${source('rois')}`;
    return fail('E_ROIS', { port: 'rois' }, message);
  }
  const shape = [rois.shape[0] as number, x.shape[1] as number, ...pairOf(attributes.output_size)];
  return { outputs: { y: { dtype: 'float32', shape } } };
}
