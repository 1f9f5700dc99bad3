// pixel_unshuffle: blocks of pixels become channels.  Formula  y[n,c·f²+i·f+j,h,w] = x[n,c,h·f+i,w·f+j], or y[n,(i·f+j)·C+c,h,w]
// Shapes  x […,C,H·f,W·f]  y […,C·f²,H,W]        Gradient  dx = dy, each where it came from
// Errors  E_BLOCKS
// Source  PyTorch pixel_unshuffle, ONNX SpaceToDepth-13 (blocks_first)
import { z } from 'zod';
import { formatShape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { anyOutput } from '../support/unary.ts';
import { blockInputs, blockRules, orderSchema, unshuffled } from './pixel-blocks.ts';

export const pixelUnshuffle = defineOperator({
  id: 'pixel_unshuffle',
  family: 'shape',
  title: 'Pixel unshuffle',
  summary: 'Turns blocks of pixels into channels: a smaller image that has lost nothing.',
  formula: 'y_{n,\\,cf^2+if+j,\\,h,\\,w} = x_{n,\\,c,\\,hf+i,\\,wf+j}',
  gradientFormula: 'dx_{n,\\,c,\\,hf+i,\\,wf+j} = dy_{n,\\,cf^2+if+j,\\,h,\\,w}',
  shapes: { x: '[…, C, H·f, W·f]', y: '[…, C·f², H, W]' },
  source: 'PyTorch torch.nn.functional.pixel_unshuffle; ONNX SpaceToDepth',
  keywords: ['space to depth', 'downsampling', 'focus', 'patches', 'spacetodepth'],
  inputs: blockInputs,
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    downscale_factor: z.int().min(1).max(1024).default(2).meta({ title: 'Factor', unit: 'px' }),
    order: orderSchema,
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes: { downscale_factor: factor, order }, source, fail }) {
    const [height, width] = x.shape.slice(-2) as [number, number];
    if (height % factor === 0 && width % factor === 0) {
      return { outputs: { y: { dtype: x.dtype, shape: unshuffled(x.shape, factor, order).shape } } };
    }
    const message = `${height}×${width} pixels of ${formatShape(x.shape)} from ${source('x')} make no blocks of ${factor}×${factor}`;
    return fail('E_BLOCKS', { attribute: 'downscale_factor' }, message);
  },
  ...blockRules((x, a: { downscale_factor: number; order: z.output<typeof orderSchema> }) =>
    unshuffled(x, a.downscale_factor, a.order),
  ),
  onnx: { op: 'SpaceToDepth', attributes: { downscale_factor: 'blocksize' } },
  pytorch: 'torch.nn.functional.pixel_unshuffle',
  samples: [
    { inputs: { x: [2, 2, 4, 6] } },
    { attributes: { downscale_factor: 3, order: 'blocks_first' }, inputs: { x: [1, 2, 3, 6] } },
    { inputs: { x: [1, 2, 2] } },
  ],
});
