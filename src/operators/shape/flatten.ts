// flatten: several dimensions as one.            Formula  y = x, with the dimensions start_dim … end_dim joined
// Shapes  x any  y x's sizes, those from start_dim to end_dim multiplied; a scalar becomes one element
// Errors  E_DIM                                  Gradient  dx = dy in x's shape
// Source  PyTorch flatten, ONNX Flatten-13 (which always gives rank 2)
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { checkAxis } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';

export const flatten = defineOperator({
  id: 'flatten',
  family: 'shape',
  title: 'Flatten',
  summary: 'Joins dimensions into one: feature maps become a vector for each example.',
  formula: 'y = \\operatorname{vec}(x)',
  gradientFormula: 'dx = \\operatorname{vec}^{-1}(dy)',
  shapes: { x: 'any', y: 'the sizes from `start_dim` to `end_dim` multiplied' },
  source: 'PyTorch torch.flatten; ONNX Flatten',
  keywords: ['vectorize', 'ravel', 'reshape'],
  inputs: { x: { title: 'Input', dtype: 'any' } },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    start_dim: z.int().default(1).meta({ title: 'First dimension', description: '1 keeps the batch' }),
    end_dim: z.int().default(-1).meta({ title: 'Last dimension' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes, fail }) {
    const { dtype, shape } = x;
    if (shape.length === 0) return { outputs: { y: { dtype, shape: [1] } } };
    const start = checkAxis(attributes.start_dim, shape, 'start_dim', fail);
    const end = checkAxis(attributes.end_dim, shape, 'end_dim', fail);
    if (start === null || end === null) return null;
    if (start > end)
      return fail('E_DIM', { attribute: 'end_dim' }, `the last dimension, ${end}, comes before the first, ${start}`);
    const joined = numel(shape.slice(start, end + 1));
    return { outputs: { y: { dtype, shape: [...shape.slice(0, start), joined, ...shape.slice(end + 1)] } } };
  },
  forward: ({ emit, inputs, outputs }) => ({ outputs: { y: emit.view(inputs.x, outputs.y.shape) } }),
  gradient: ({ emit, inputs, cotangents }) => ({ x: emit.view(cotangents.y, inputs.x.shape) }),
  reference: ({ inputs }) => ({ y: inputs.x.data.slice() }),
  explain: ({ inputs, index }) => explainCopy(factorOf('x', inputs.x, index)),
  flops: () => 0,
  onnx: { op: 'Flatten', attributes: { start_dim: 'axis' } },
  pytorch: 'torch.flatten',
  samples: [
    { inputs: { x: [2, 3, 2, 2] } },
    { attributes: { start_dim: 0, end_dim: 1 }, inputs: { x: [2, 3, 4] } },
    { inputs: { x: [] } },
  ],
});
