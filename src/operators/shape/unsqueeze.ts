// unsqueeze: inserts dimensions of size 1.       Formula  y = x, read in the same order
// Shapes  x any  y with a 1 at every place of `dim`, counted in y
// Errors  E_DIM                                  Gradient  dx = dy in x's shape
// Source  PyTorch unsqueeze, ONNX Unsqueeze-13
import { z } from 'zod';
import { normalizeAxis, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { oneOutput } from '../support/unary.ts';

/** Null where a place does not exist or is named twice. */
function unsqueezed(shape: Shape, dims: readonly number[]): number[] | null {
  const rank = shape.length + dims.length;
  const places = dims.map((dim) => normalizeAxis(dim, rank));
  if (places.includes(null) || new Set(places).size !== places.length) return null;
  const sizes = [...shape];
  return Array.from({ length: rank }, (_, axis) => (places.includes(axis) ? 1 : (sizes.shift() as number)));
}

export const unsqueeze = defineOperator({
  id: 'unsqueeze',
  family: 'shape',
  title: 'Unsqueeze',
  summary: 'Inserts dimensions of size 1, so that tensors broadcast.',
  formula: 'y = x',
  gradientFormula: 'dx = dy \\text{ in the shape of } x',
  shapes: { x: 'any', y: 'x with a 1 at every place of `dim`' },
  source: 'PyTorch torch.unsqueeze; ONNX Unsqueeze',
  keywords: ['add dimension', 'insert axis', 'expand dims', 'newaxis'],
  inputs: { x: { title: 'Input', dtype: 'any', rank: [0, 7] }, dim: knownNumbers('Dimensions') },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    dim: z
      .array(z.int())
      .min(1)
      .max(8)
      .default([0])
      .meta({ title: 'Dimensions', description: 'Places of the new dimensions in the output' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes: { dim }, fail }) {
    const shape = unsqueezed(x.shape, dim);
    if (shape) return { outputs: { y: { dtype: x.dtype, shape } } };
    const rank = x.shape.length + dim.length;
    const message = `[${dim.join(', ')}] names places twice or outside: the output has the dimensions ${-rank} … ${rank - 1}`;
    return fail('E_DIM', { attribute: 'dim' }, message);
  },
  forward: ({ emit, inputs: { x }, outputs }) => ({ outputs: { y: emit.view(x, outputs.y.shape) } }),
  gradient: ({ emit, inputs: { x }, cotangents }) => ({ x: emit.view(cotangents.y, x.shape) }),
  reference: ({ inputs }) => ({ y: inputs.x.data.slice() }),
  explain: ({ inputs: { x }, index }) => explainCopy(factorOf('x', x, index)),
  flops: () => 0,
  onnx: { op: 'Unsqueeze', attributes: { dim: 'axes' } },
  pytorch: 'torch.unsqueeze',
  samples: [{ inputs: { x: [2, 3] } }, { attributes: { dim: [1, -1] }, inputs: { x: [2, 3] } }, { inputs: { x: [] } }],
});
