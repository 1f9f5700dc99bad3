// stack: equal tensors along a new dimension.    Formula  y[…, i, …] = xᵢ[…]
// Shapes  xᵢ all equal  y with one more dimension, at `dim`, of as many elements as there are inputs
// Errors  E_DIM  E_SIZES  E_DTYPE                Gradient  dxᵢ = dy[…, i, …]
// Source  PyTorch stack
import { z } from 'zod';
import { insertAxis, selectIndex } from '../../program/access.ts';
import { formatShape, normalizeAxis, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { aroundAxis, axisOf } from '../support/axes.ts';
import { explainMoved } from '../support/reindex.ts';
import { oneOutput } from '../support/unary.ts';

export const stack = defineOperator({
  id: 'stack',
  family: 'shape',
  title: 'Stack',
  summary: 'Puts equal tensors side by side along a new dimension, time for example.',
  formula: 'y_i = x_i',
  gradientFormula: 'dx_i = dy_{\\dots, i, \\dots}',
  shapes: { x: 'all equal', y: 'one more dimension, at `dim`' },
  source: 'PyTorch torch.stack',
  keywords: ['join', 'time', 'pack'],
  inputs: { x: { title: 'Inputs', dtype: 'any', variadic: 1, rank: [0, 7] } },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({ dim: z.int().default(0).meta({ title: 'New dimension' }) }),
  traits: { view: true },
  infer({ inputs, attributes, source, fail }) {
    const [first, ...rest] = inputs.x;
    if (!first) return null;
    const rank = first.shape.length + 1;
    const axis = normalizeAxis(attributes.dim, rank);
    if (axis === null) {
      return fail(
        'E_DIM',
        { attribute: 'dim' },
        `dimension ${attributes.dim} does not exist: the result has the dimensions ${-rank} … ${rank - 1}`,
      );
    }
    for (const [i, { shape, dtype }] of rest.entries()) {
      const port = `x${i + 1}`;
      const against = `${formatShape(shape)} from ${source(port)} beside ${formatShape(first.shape)} from ${source('x0')}`;
      if (dtype !== first.dtype) return fail('E_DTYPE', { port }, `${against}: ${dtype} beside ${first.dtype}`);
      if (!sameShape(shape, first.shape))
        return fail('E_SIZES', { port }, `${against}: stacked tensors have equal shapes`);
    }
    return { outputs: { y: { dtype: first.dtype, shape: first.shape.toSpliced(axis, 0, inputs.x.length) } } };
  },
  forward({ emit, inputs, attributes, outputs }) {
    const axis = axisOf(attributes.dim, outputs.y.shape.length);
    const origin = outputs.y.shape.map(() => 0);
    const pieces = inputs.x.map((x, i) => ({ operand: insertAxis(x, axis), at: origin.with(axis, i) }));
    return { outputs: { y: emit.assemble(outputs.y.shape, pieces) } };
  },
  gradient({ emit, inputs, attributes, outputs, cotangents, needs }) {
    const axis = axisOf(attributes.dim, outputs.y.shape.length);
    return {
      x: inputs.x.map((_, i) => (needs(`x${i}`) ? emit.copy(selectIndex(cotangents.y, axis, i)) : undefined)),
    };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) => {
      const from = sourceOf(attributes.dim, outputs.y.shape, i);
      return inputs.x[from.input]?.data[from.index] as number;
    }),
  }),
  explain: ({ inputs, attributes, outputs, index }) =>
    explainMoved(inputs.x, sourceOf(attributes.dim, outputs.y.shape, index)),
  flops: () => 0,
  onnx: null,
  pytorch: 'torch.stack',
  samples: [
    { inputs: { x0: [2, 3], x1: [2, 3], x2: [2, 3] } },
    { attributes: { dim: 1 }, inputs: { x0: [2, 3], x1: [2, 3] } },
    { attributes: { dim: -1 }, inputs: { x0: [2] } },
    { inputs: { x0: [], x1: [] } },
  ],
});

function sourceOf(dim: number, y: Shape, index: number): { input: number; index: number } {
  const { size, inner } = aroundAxis(y, axisOf(dim, y.length));
  return {
    input: Math.floor(index / inner) % size,
    index: Math.floor(index / (inner * size)) * inner + (index % inner),
  };
}
