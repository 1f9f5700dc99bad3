// dropout: zeroes elements at random.            Formula  train: y = x·m/(1 − p), m drawn as 1 with probability 1 − p, else 0; eval: y = x
// Shapes  x any  mask broadcast to x  y as x     Gradient  dx = dy·m/(1 − p); none to the mask
// Errors  E_MASK                                 p = 1 gives zeros. A wired mask replaces the draw (train mode only).
// Source  Srivastava et al. 2014 (inverted: scaled in training); PyTorch dropout, ONNX Dropout-13
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import { maskAttributes, maskInputs, maskRules } from './masking.ts';

export const dropout = defineOperator({
  id: 'dropout',
  family: 'regularization',
  title: 'Dropout',
  summary: 'Zeroes random elements while training, so that no unit can rely on another.',
  formula: 'y = \\frac{m \\odot x}{1 - p}, \\quad m_i \\sim \\mathrm{Bernoulli}(1 - p)',
  gradientFormula: 'dx = \\frac{m \\odot dy}{1 - p}',
  gradientNote: 'None to the mask.',
  shapes: { x: 'any', mask: 'broadcast to x', y: 'as x' },
  source: 'Srivastava et al. 2014; PyTorch torch.nn.functional.dropout; ONNX Dropout',
  keywords: ['regularization', 'random', 'mask', 'inverted dropout'],
  inputs: { x: { title: 'Input' }, ...maskInputs },
  parameters: {},
  outputs: oneOutput,
  attributes: maskAttributes,
  traits: { random: true },
  gradientFlow: 'masks',
  ...maskRules((x) => x),
  onnx: { op: 'Dropout', attributes: { p: 'ratio' } },
  pytorch: 'torch.nn.functional.dropout',
  samples: [
    { attributes: { p: 0.25 }, inputs: { x: [3, 4], mask: [3, 4] }, mode: 'train' },
    { inputs: { x: [2, 3, 2], mask: [3, 1] }, mode: 'train' },
    { inputs: { x: [3, 4] }, mode: 'eval' },
  ],
});
