// drop_connect: zeroes weights at random.        Formula  train: y = w·m/(1 − p), m drawn as 1 with probability 1 − p, else 0; eval: y = w
// Shapes  x (the weights w) any  mask broadcast to x  y as x: to be wired into the weight of linear or of a convolution
// Errors  E_MASK                                 Gradient  dx = dy·m/(1 − p); none to the mask
// Source  Wan et al. 2013, inverted: scaled in training, so that eval needs nothing
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import { maskAttributes, maskInputs, maskRules } from './masking.ts';

export const dropConnect = defineOperator({
  id: 'drop_connect',
  family: 'regularization',
  title: 'DropConnect',
  summary: 'Zeroes random weights while training: put it between a parameter and the layer that uses it.',
  formula: 'y = \\frac{m \\odot w}{1 - p}, \\quad m_i \\sim \\mathrm{Bernoulli}(1 - p)',
  gradientFormula: 'dw = \\frac{m \\odot dy}{1 - p}',
  gradientNote: 'None to the mask.',
  shapes: { x: 'any', mask: 'broadcast to x', y: 'as x' },
  source: 'Wan et al. 2013 (Regularization of neural networks using DropConnect)',
  keywords: ['regularization', 'random', 'mask', 'weights', 'dropconnect'],
  inputs: { x: { title: 'Weights' }, ...maskInputs },
  parameters: {},
  outputs: oneOutput,
  attributes: maskAttributes,
  traits: { random: true },
  ...maskRules((x) => x),
  onnx: null,
  pytorch: null,
  samples: [
    { attributes: { p: 0.25 }, inputs: { x: [3, 4], mask: [3, 4] }, mode: 'train' },
    { inputs: { x: [2, 2, 3, 3] }, mode: 'train' },
    { inputs: { x: [3, 4] }, mode: 'eval' },
  ],
});
