// concat: tensors side by side.                  Formula  y = [x0, x1, …] along one dimension
// Shapes  equal but along `dim`, where y has the sum
// Errors  E_DIM  E_RANK  E_SIZES  E_DTYPE        Gradient  dxᵢ is the window of dy that xᵢ fills
// Source  PyTorch cat, ONNX Concat-13
import { z } from 'zod';
import { sliceAxis } from '../../program/access.ts';
import { formatShape, numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { explainMoved } from '../support/reindex.ts';
import { oneOutput } from '../support/unary.ts';

/** Where each input starts along the axis. */
function starts(shapes: readonly Shape[], axis: number): number[] {
  let sum = 0;
  return shapes.map((shape) => {
    sum += shape[axis] as number;
    return sum - (shape[axis] as number);
  });
}

export const concat = defineOperator({
  id: 'concat',
  family: 'shape',
  title: 'Concatenate',
  summary: 'Joins tensors along a dimension, channels for example.',
  formula: 'y = [x_0, x_1, \\dots]',
  gradientFormula: 'dx_i = dy_{\\dots,\\, s_i : s_i + n_i,\\, \\dots}',
  shapes: { x: 'equal but along `dim`', y: 'the sum of the sizes along `dim`' },
  source: 'PyTorch torch.cat; ONNX Concat',
  keywords: ['cat', 'join', 'append', 'merge', 'inception'],
  inputs: { x: { title: 'Inputs', dtype: 'any', variadic: 2, rank: [1, 8] } },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({ dim: z.int().default(1).meta({ title: 'Dimension', description: '1: channels' }) }),
  traits: { view: true },
  infer({ inputs, attributes, source, fail }) {
    const [first, ...rest] = inputs.x;
    if (!first) return null;
    const axis = checkAxis(attributes.dim, first.shape, 'dim', fail);
    if (axis === null) return null;
    for (const [i, { shape, dtype }] of rest.entries()) {
      const port = `x${i + 1}`;
      const against = `${formatShape(shape)} from ${source(port)} beside ${formatShape(first.shape)} from ${source('x0')}`;
      if (dtype !== first.dtype) return fail('E_DTYPE', { port }, `${against}: ${dtype} beside ${first.dtype}`);
      if (shape.length !== first.shape.length) return fail('E_RANK', { port }, `${against}: the ranks differ`);
      const wrong = shape.findIndex((size, d) => d !== axis && size !== first.shape[d]);
      if (wrong >= 0) {
        const sizes = `dimension ${wrong} is ${shape[wrong]} against ${first.shape[wrong]}`;
        return fail('E_SIZES', { port }, `${against}: ${sizes}; only dimension ${axis} may differ`);
      }
    }
    const total = inputs.x.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
    return { outputs: { y: { dtype: first.dtype, shape: first.shape.with(axis, total) } } };
  },
  forward({ emit, inputs, attributes, outputs }) {
    const axis = axisOf(attributes.dim, outputs.y.shape.length);
    const at = starts(
      inputs.x.map(({ shape }) => shape),
      axis,
    );
    const origin = outputs.y.shape.map(() => 0);
    const pieces = inputs.x.map((operand, i) => ({ operand, at: origin.with(axis, at[i] as number) }));
    return { outputs: { y: emit.assemble(outputs.y.shape, pieces) } };
  },
  gradient({ emit, inputs, attributes, outputs, cotangents, needs }) {
    const axis = axisOf(attributes.dim, outputs.y.shape.length);
    const at = starts(
      inputs.x.map(({ shape }) => shape),
      axis,
    );
    return {
      x: inputs.x.map(({ shape }, i) =>
        needs(`x${i}`) ? emit.copy(sliceAxis(cotangents.y, axis, at[i] as number, shape[axis] as number)) : undefined,
      ),
    };
  },
  reference({ inputs, attributes, outputs }) {
    const shapes = inputs.x.map(({ shape }) => shape);
    return {
      y: Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) => {
        const from = sourceOf(shapes, attributes.dim, outputs.y.shape, i);
        return inputs.x[from.input]?.data[from.index] as number;
      }),
    };
  },
  explain({ inputs, attributes, outputs, index }) {
    const shapes = inputs.x.map(({ shape }) => shape);
    return explainMoved(inputs.x, sourceOf(shapes, attributes.dim, outputs.y.shape, index));
  },
  flops: () => 0,
  onnx: { op: 'Concat', attributes: { dim: 'axis' } },
  pytorch: 'torch.cat',
  samples: [
    { inputs: { x0: [2, 1, 3], x1: [2, 2, 3] } },
    { attributes: { dim: 0 }, inputs: { x0: [1, 3], x1: [2, 3], x2: [1, 3] } },
    { attributes: { dim: -1 }, inputs: { x0: [2], x1: [3] } },
  ],
});

/** Which input, and where in it, makes element `index` of y. */
function sourceOf(shapes: readonly Shape[], dim: number, y: Shape, index: number): { input: number; index: number } {
  const axis = axisOf(dim, y.length);
  const { size, inner } = aroundAxis(y, axis);
  const along = Math.floor(index / inner) % size;
  const at = starts(shapes, axis);
  const input = at.findLastIndex((start) => start <= along);
  const own = (shapes[input] as Shape)[axis] as number;
  const outer = Math.floor(index / (inner * size));
  return { input, index: (outer * own + along - (at[input] as number)) * inner + (index % inner) };
}
