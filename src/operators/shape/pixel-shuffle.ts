// pixel_shuffle: channels become blocks of pixels.  Formula  y[n,c,h·f+i,w·f+j] = x[n,c·f²+i·f+j,h,w], or x[n,(i·f+j)·C+c,h,w]
// Shapes  x […,C·f²,H,W]  y […,C,H·f,W·f]        Gradient  dx = dy, each where it came from
// Errors  E_BLOCKS
// Source  Shi et al. 2016; PyTorch pixel_shuffle, ONNX DepthToSpace-13 (CRD as PyTorch, DCR with blocks_first)
import { z } from 'zod';
import { formatShape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { anyOutput } from '../support/unary.ts';
import { blockInputs, blockRules, orderSchema, shuffled } from './pixel-blocks.ts';

export const pixelShuffle = defineOperator({
  id: 'pixel_shuffle',
  family: 'shape',
  title: 'Pixel shuffle',
  summary: 'Turns channels into blocks of pixels: a larger image of fewer channels.',
  formula: 'y_{n,\\,c,\\,hf+i,\\,wf+j} = x_{n,\\,cf^2+if+j,\\,h,\\,w}',
  gradientFormula: 'dx_{n,\\,cf^2+if+j,\\,h,\\,w} = dy_{n,\\,c,\\,hf+i,\\,wf+j}',
  shapes: { x: '[…, C·f², H, W]', y: '[…, C, H·f, W·f]' },
  source: 'Shi et al. 2016 (arXiv:1609.05158); PyTorch torch.nn.functional.pixel_shuffle; ONNX DepthToSpace',
  keywords: ['depth to space', 'sub-pixel', 'super resolution', 'upsampling', 'depthtospace'],
  inputs: blockInputs,
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    upscale_factor: z.int().min(1).max(1024).default(2).meta({ title: 'Factor', unit: 'px' }),
    order: orderSchema,
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes: { upscale_factor: factor, order }, source, fail }) {
    const channels = x.shape.at(-3) as number;
    const block = factor * factor;
    if (channels % block === 0) {
      return { outputs: { y: { dtype: x.dtype, shape: shuffled(x.shape, factor, order).shape } } };
    }
    const division = `${channels} / ${block} = ${Math.floor(channels / block)} rest ${channels % block}`;
    const message = `${channels} channels of ${formatShape(x.shape)} from ${source('x')} make no blocks of ${factor}×${factor}: ${division}`;
    return fail('E_BLOCKS', { attribute: 'upscale_factor' }, message);
  },
  ...blockRules((x, a: { upscale_factor: number; order: z.output<typeof orderSchema> }) =>
    shuffled(x, a.upscale_factor, a.order),
  ),
  onnx: { op: 'DepthToSpace', attributes: { upscale_factor: 'blocksize', order: 'mode' } },
  pytorch: 'torch.nn.functional.pixel_shuffle',
  samples: [
    { inputs: { x: [2, 8, 2, 3] } },
    { attributes: { upscale_factor: 3, order: 'blocks_first' }, inputs: { x: [1, 18, 1, 2] } },
    { inputs: { x: [4, 2, 2] } },
  ],
});
