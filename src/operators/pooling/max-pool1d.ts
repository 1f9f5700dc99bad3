// max_pool1d: the largest element of each window. Formula  y[n,c,i] = max over k of x[n,c,i·s+k·d−p]
// Shapes  x f32[N,C,L]  y f32[N,C,L']  indices int32, as y: positions in the unpadded line
// Errors  E_EMPTY  E_PADDING                     Gradient  dy goes to the winner; among equals the first (as PyTorch)
// Source  PyTorch max_pool1d, ONNX MaxPool-12    Cost  K comparisons an output; NaN wins
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { maxPool } from './max-windows.ts';
import { linePoolAttributes, linePoolWindows } from './pool-lines.ts';

const attributes = z.strictObject(linePoolAttributes);

export const maxPool1d = defineOperator({
  id: 'max_pool1d',
  family: 'pooling',
  title: 'Max pool 1D',
  summary: 'Keeps the largest number of each window of a sequence.',
  formula: 'y_{n,c,i} = \\max_{k}\\; x_{n,\\,c,\\,is+kd-p}',
  gradientFormula: 'dx_{n,c,r} = \\sum_{i} dy_{n,c,i}\\, [r = \\mathrm{indices}_{n,c,i}]',
  gradientNote: 'Kink where several are largest: the first takes it, as in PyTorch.',
  shapes: {
    x: '[N, C, L]',
    y: '[N, C, L′], L′ = ⌊(L + p + p′ − d(K − 1) − 1)/s⌋ + 1, with `ceil_mode` ⌈⌉',
    indices: 'as y: positions in the unpadded line',
  },
  source: 'PyTorch torch.nn.functional.max_pool1d; ONNX MaxPool',
  keywords: ['pooling', 'subsampling', 'downsample', 'sequence'],
  inputs: { x: { title: 'Input', rank: 3 } },
  attributes,
  ...maxPool<z.output<typeof attributes>>(linePoolWindows),
  pytorch: 'torch.nn.functional.max_pool1d',
  samples: [
    { inputs: { x: [2, 2, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: [0, 1], dilation: 2 }, inputs: { x: [1, 2, 8] } },
    { attributes: { kernel_size: 3, ceil_mode: true }, inputs: { x: [1, 2, 7] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 'same' }, inputs: { x: [1, 2, 6] } },
  ],
});
