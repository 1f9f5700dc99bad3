// dropout2d: zeroes whole channels at random.    Formula  train: y[n,c] = x[n,c]·m[n,c]/(1 − p), m drawn as 1 with probability 1 − p, else 0; eval: y = x
// Shapes  x f32[N,C,…]  mask broadcast to x, drawn as [N,C,1,…]  y as x
// Errors  E_MASK                                 Gradient  dx = dy·m/(1 − p); none to the mask
// Source  Tompson et al. 2015 (SpatialDropout); PyTorch dropout2d
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import { maskAttributes, maskInputs, maskRules } from './masking.ts';

export const dropout2d = defineOperator({
  id: 'dropout2d',
  family: 'regularization',
  title: 'Channel dropout',
  summary: 'Zeroes random channels as a whole while training: neighbouring pixels tell too much of one another.',
  formula: 'y_{n,c} = \\frac{m_{n,c}\\, x_{n,c}}{1 - p}, \\quad m_{n,c} \\sim \\mathrm{Bernoulli}(1 - p)',
  gradientFormula: 'dx_{n,c} = \\frac{m_{n,c}\\, dy_{n,c}}{1 - p}',
  gradientNote: 'None to the mask.',
  shapes: { x: '[N, C, …]', mask: 'broadcast to x; drawn as [N, C, 1, …]', y: 'as x' },
  source: 'Tompson et al. 2015 (arXiv:1411.4280); PyTorch torch.nn.functional.dropout2d',
  keywords: ['spatial dropout', 'regularization', 'random', 'mask', 'channels'],
  inputs: { x: { title: 'Input', rank: [3, 5] }, ...maskInputs },
  parameters: {},
  outputs: oneOutput,
  attributes: maskAttributes,
  traits: { random: true },
  gradientFlow: 'masks',
  ...maskRules((x) => x.map((size, axis) => (axis < 2 ? size : 1))),
  onnx: null,
  pytorch: 'torch.nn.functional.dropout2d',
  samples: [
    { attributes: { p: 0.25 }, inputs: { x: [2, 3, 2, 2], mask: [2, 3, 1, 1] }, mode: 'train' },
    { inputs: { x: [2, 3, 4] }, mode: 'train' },
    { inputs: { x: [1, 2, 3, 2] }, mode: 'eval' },
  ],
});
