// squeeze: drops dimensions of size 1.           Formula  y = x, read in the same order
// Shapes  x any  y without the dimensions of `dim`, by default without all of size 1
// Errors  E_DIM                                  Gradient  dx = dy in x's shape
// Source  PyTorch squeeze, ONNX Squeeze-13
import { z } from 'zod';
import { formatShape, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axisOf, checkAxes } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { oneOutput } from '../support/unary.ts';

function squeezed(shape: Shape, dims: readonly number[]): number[] {
  const named = dims.map((dim) => axisOf(dim, shape.length));
  return shape.filter((size, axis) => size !== 1 || (dims.length > 0 && !named.includes(axis)));
}

export const squeeze = defineOperator({
  id: 'squeeze',
  family: 'shape',
  title: 'Squeeze',
  summary: 'Drops dimensions of size 1.',
  formula: 'y = x',
  gradientFormula: 'dx = dy \\text{ in the shape of } x',
  shapes: { x: 'any', y: 'x without the dimensions `dim`, by default without all of size 1' },
  source: 'PyTorch torch.squeeze; ONNX Squeeze',
  keywords: ['remove dimension', 'drop axis'],
  inputs: { x: { title: 'Input', dtype: 'any' }, dim: knownNumbers('Dimensions') },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    dim: z.array(z.int()).max(8).default([]).meta({ title: 'Dimensions', description: 'None: all of size 1' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes: { dim }, source, fail }) {
    if (!checkAxes(dim, x.shape, 'dim', fail)) return null;
    const wrong = dim.find((each) => x.shape[axisOf(each, x.shape.length)] !== 1);
    if (wrong === undefined) return { outputs: { y: { dtype: x.dtype, shape: squeezed(x.shape, dim) } } };
    const size = x.shape[axisOf(wrong, x.shape.length)];
    const message = `dimension ${wrong} of ${formatShape(x.shape)} from ${source('x')} is ${size}, only 1 can go`;
    return fail('E_DIM', { attribute: 'dim' }, message);
  },
  forward: ({ emit, inputs: { x }, outputs }) => ({ outputs: { y: emit.view(x, outputs.y.shape) } }),
  gradient: ({ emit, inputs: { x }, cotangents }) => ({ x: emit.view(cotangents.y, x.shape) }),
  reference: ({ inputs }) => ({ y: inputs.x.data.slice() }),
  explain: ({ inputs: { x }, index }) => explainCopy(factorOf('x', x, index)),
  flops: () => 0,
  onnx: { op: 'Squeeze', attributes: { dim: 'axes' } },
  pytorch: 'torch.squeeze',
  samples: [
    { inputs: { x: [1, 3, 1, 2] } },
    { attributes: { dim: [-2] }, inputs: { x: [1, 3, 1, 2] } },
    { inputs: { x: [2, 3] } },
  ],
});
