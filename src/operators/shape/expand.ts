// expand: repeats along dimensions of size 1.    Formula  y = x, broadcast to `shape`
// Shapes  x any  y: x broadcast against `shape`; −1 and 1 keep what x has
// Errors  E_BROADCAST                            Gradient  dx: dy summed over what is repeated
// Source  PyTorch expand, ONNX Expand-13
import { z } from 'zod';
import { broadcastTo } from '../../program/access.ts';
import { broadcastShapes, formatShape, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { broadcastIndex, sumTo } from '../support/broadcast.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { reindexReference } from '../support/reindex.ts';
import { oneOutput } from '../support/unary.ts';

function expanded(x: Shape, shape: readonly number[]): Shape | null {
  return broadcastShapes(
    x,
    shape.map((size) => (size === -1 ? 1 : size)),
  );
}

export const expand = defineOperator({
  id: 'expand',
  family: 'shape',
  title: 'Expand',
  summary: 'Repeats a tensor along new dimensions and along those of size 1.',
  formula: 'y = x',
  gradientFormula: 'dx_j = \\sum_{i \\to j} dy_i',
  gradientNote: 'The sum runs over what is repeated.',
  shapes: { x: 'any', y: 'x broadcast to `shape`; −1 and 1 keep x’s size' },
  source: 'PyTorch torch.Tensor.expand; ONNX Expand',
  keywords: ['broadcast', 'repeat', 'tile'],
  inputs: { x: { title: 'Input', dtype: 'any' }, shape: knownNumbers('Shape') },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    shape: z
      .array(z.int().min(-1).max(1_000_000_000))
      .max(8)
      .default([])
      .meta({ title: 'Shape', description: '−1 and 1 keep the size' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes, source, fail }) {
    const shape = expanded(x.shape, attributes.shape);
    if (shape && !attributes.shape.includes(0)) return { outputs: { y: { dtype: x.dtype, shape } } };
    const message = `${formatShape(x.shape)} from ${source('x')} does not broadcast to ${formatShape(attributes.shape)}`;
    return fail('E_BROADCAST', { attribute: 'shape' }, message);
  },
  forward: ({ emit, inputs: { x }, outputs }) => ({ outputs: { y: emit.copy(broadcastTo(x, outputs.y.shape)) } }),
  gradient: ({ emit, inputs: { x }, cotangents }) => ({ x: sumTo(emit, cotangents.y, x.shape) }),
  reference: ({ inputs: { x }, outputs: { y } }) => ({
    y: reindexReference(x, y.shape, (index) => broadcastIndex(index, x.shape, y.shape)),
  }),
  explain: ({ inputs: { x }, outputs: { y }, index }) =>
    explainCopy(factorOf('x', x, broadcastIndex(index, x.shape, y.shape))),
  flops: () => 0,
  onnx: { op: 'Expand', attributes: { shape: 'shape' } },
  pytorch: 'torch.Tensor.expand',
  samples: [
    { attributes: { shape: [2, 3, 4] }, inputs: { x: [3, 1] } },
    { attributes: { shape: [-1, 2] }, inputs: { x: [3, 1] } },
    { attributes: { shape: [2] }, inputs: { x: [] } },
  ],
});
