// max_pool2d: the largest element of each window. Formula  y[n,c,i,j] = max over k,l of x[n,c,i·s+k·d−p,j·s+l·d−p]
// Shapes  x f32[N,C,H,W]  y f32[N,C,H',W']  indices int32, as y: positions in the unpadded H·W plane
// Errors  E_EMPTY  E_PADDING                     Gradient  dy goes to the winner; among equals the first in row-major order (as PyTorch)
// Source  PyTorch max_pool2d, ONNX MaxPool-12    Cost  K·L comparisons an output; NaN wins
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { maxPool } from './max-windows.ts';
import { poolAttributes, poolWindows } from './pool-windows.ts';

const attributes = z.strictObject(poolAttributes);

export const maxPool2d = defineOperator({
  id: 'max_pool2d',
  family: 'pooling',
  title: 'Max pool 2D',
  summary: 'Keeps the largest number of each window.',
  formula: 'y_{n,c,i,j} = \\max_{k,l}\\; x_{n,\\,c,\\,is+kd-p,\\,js+ld-p}',
  gradientFormula: 'dx_{n,c,r} = \\sum_{i,j} dy_{n,c,i,j}\\, [r = \\mathrm{indices}_{n,c,i,j}]',
  gradientNote: 'Kink where several are largest: the first in row-major order takes it, as in PyTorch.',
  shapes: {
    x: '[N, C, H, W]',
    y: '[N, C, H′, W′], H′ = ⌊(H + p + p′ − d(K − 1) − 1)/s⌋ + 1, with `ceil_mode` ⌈⌉',
    indices: 'as y: positions in the unpadded plane',
  },
  source: 'PyTorch torch.nn.functional.max_pool2d; ONNX MaxPool',
  keywords: ['pooling', 'subsampling', 'downsample'],
  inputs: { x: { title: 'Input', rank: 4 } },
  attributes,
  ...maxPool<z.output<typeof attributes>>(poolWindows),
  pytorch: 'torch.nn.functional.max_pool2d',
  samples: [
    { inputs: { x: [2, 2, 4, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 1 }, inputs: { x: [1, 2, 6, 5] } },
    {
      attributes: { kernel_size: [2, 3], stride: [2, 1], padding: [0, 1, 1, 2], dilation: [2, 1] },
      inputs: { x: [1, 2, 6, 5] },
    },
    { attributes: { kernel_size: 2, ceil_mode: true }, inputs: { x: [1, 1, 5, 3] } },
    { attributes: { kernel_size: [3, 2], stride: 2, padding: 'same' }, inputs: { x: [1, 1, 5, 4] } },
  ],
});
