// avg_pool2d: the mean of each window.           Formula  y[n,c,i,j] = 1/m · Σ x[n,c,i·s+k·d−p,j·s+l·d−p]
// Shapes  x f32[N,C,H,W]  y f32[N,C,H',W']       m: window elements in the padded input, or (count_include_pad false) in the real one
// Errors  E_EMPTY                                Gradient  dx: every window hands dy/m to each of its elements; m = 0 gives y = 0
// Source  PyTorch avg_pool2d, ONNX AveragePool-11  Cost  K·L flops an output
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { avgPool, countAttributes } from './avg-windows.ts';
import { poolAttributes, poolWindows } from './pool-windows.ts';

const attributes = z.strictObject({ ...poolAttributes, ...countAttributes });

export const avgPool2d = defineOperator({
  id: 'avg_pool2d',
  family: 'pooling',
  title: 'Average pool 2D',
  summary: 'Replaces each window by its mean.',
  formula: 'y_{n,c,i,j} = \\frac{1}{m} \\sum_{k,l} x_{n,\\,c,\\,is+kd-p,\\,js+ld-p}',
  gradientFormula:
    'dx_{n,c,r,q} = \\sum_{\\substack{i,k:\\, is+kd-p = r \\\\ j,l:\\, js+ld-p = q}} \\frac{dy_{n,c,i,j}}{m_{ij}}',
  gradientNote: 'A window without elements gives 0 and no gradient.',
  shapes: { x: '[N, C, H, W]', y: '[N, C, H′, W′], H′ = ⌊(H + p + p′ − d(K − 1) − 1)/s⌋ + 1, with `ceil_mode` ⌈⌉' },
  source: 'PyTorch torch.nn.functional.avg_pool2d; ONNX AveragePool',
  keywords: ['pooling', 'mean', 'subsampling', 'downsample'],
  inputs: { x: { title: 'Input', rank: 4 } },
  attributes,
  ...avgPool<z.output<typeof attributes>>(poolWindows),
  pytorch: 'torch.nn.functional.avg_pool2d',
  samples: [
    { inputs: { x: [2, 2, 4, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 1 }, inputs: { x: [1, 2, 6, 5] } },
    {
      attributes: { kernel_size: [2, 3], stride: 1, padding: [0, 1, 1, 2], count_include_pad: false },
      inputs: { x: [1, 2, 4, 5] },
    },
    { attributes: { kernel_size: 3, stride: 2, padding: 1, ceil_mode: true }, inputs: { x: [1, 1, 6, 4] } },
    {
      attributes: { kernel_size: [3, 2], stride: 2, padding: 'same', count_include_pad: false },
      inputs: { x: [1, 1, 5, 4] },
    },
    { attributes: { kernel_size: 2, stride: 1, padding: 1, dilation: [2, 3] }, inputs: { x: [1, 2, 4, 5] } },
    {
      attributes: { kernel_size: 2, stride: 2, padding: 1, dilation: 2, ceil_mode: true, count_include_pad: false },
      inputs: { x: [1, 2, 4, 5] },
    },
  ],
});
