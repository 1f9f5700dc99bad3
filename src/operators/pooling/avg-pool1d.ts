// avg_pool1d: the mean of each window.           Formula  y[n,c,i] = 1/m · Σ x[n,c,i·s+k·d−p]
// Shapes  x f32[N,C,L]  y f32[N,C,L']            m: window elements in the padded input, or (count_include_pad false) in the real one
// Errors  E_EMPTY                                Gradient  dx: every window hands dy/m to each of its elements; m = 0 gives y = 0
// Source  PyTorch avg_pool1d, ONNX AveragePool-11  Cost  K flops an output
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { avgPool, countAttributes } from './avg-windows.ts';
import { linePoolAttributes, linePoolWindows } from './pool-lines.ts';

const attributes = z.strictObject({ ...linePoolAttributes, ...countAttributes });

export const avgPool1d = defineOperator({
  id: 'avg_pool1d',
  family: 'pooling',
  title: 'Average pool 1D',
  summary: 'Replaces each window of a sequence by its mean.',
  formula: 'y_{n,c,i} = \\frac{1}{m} \\sum_{k} x_{n,\\,c,\\,is+kd-p}',
  gradientFormula: 'dx_{n,c,r} = \\sum_{i,k:\\, is+kd-p = r} \\frac{dy_{n,c,i}}{m_i}',
  gradientNote: 'A window without elements gives 0 and no gradient.',
  shapes: { x: '[N, C, L]', y: '[N, C, L′], L′ = ⌊(L + p + p′ − d(K − 1) − 1)/s⌋ + 1, with `ceil_mode` ⌈⌉' },
  source: 'PyTorch torch.nn.functional.avg_pool1d; ONNX AveragePool',
  keywords: ['pooling', 'mean', 'subsampling', 'moving average', 'sequence'],
  inputs: { x: { title: 'Input', rank: 3 } },
  attributes,
  ...avgPool<z.output<typeof attributes>>(linePoolWindows),
  pytorch: 'torch.nn.functional.avg_pool1d',
  samples: [
    { inputs: { x: [2, 2, 5] } },
    { attributes: { kernel_size: 3, stride: 2, padding: [1, 2], count_include_pad: false }, inputs: { x: [1, 2, 6] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 1, ceil_mode: true }, inputs: { x: [1, 2, 6] } },
    { attributes: { kernel_size: 3, stride: 2, padding: 'same' }, inputs: { x: [1, 2, 6] } },
    { attributes: { kernel_size: 2, stride: 1, padding: [0, 1], dilation: 2 }, inputs: { x: [1, 2, 5] } },
  ],
});
