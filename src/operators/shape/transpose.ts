// transpose: dimensions in another order.        Formula  dimension i of y is dimension dims[i] of x
// Shapes  x any  y with x's sizes reordered; empty `dims` reverses them
// Errors  E_DIM                                  Gradient  dx = dy with the order turned back
// Source  PyTorch permute, ONNX Transpose-13
import { z } from 'zod';
import { permuteAxes } from '../../program/access.ts';
import { rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axisOf, checkAxes, coordinatesOf } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { reindexReference } from '../support/reindex.ts';
import { oneOutput } from '../support/unary.ts';

/** dims[i] ≥ 0: which axis of x becomes axis i. */
function orderOf(dims: readonly number[], rank: number): number[] {
  if (dims.length === 0) return Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  return dims.map((dim) => axisOf(dim, rank));
}

export const transpose = defineOperator({
  id: 'transpose',
  family: 'shape',
  title: 'Transpose',
  summary: 'Puts the dimensions in another order.',
  formula: 'y = x^\\top',
  gradientFormula: 'dx = dy^\\top',
  gradientNote: 'The order turned back.',
  shapes: { x: 'any', y: 'x’s sizes in the order `dims`; empty reverses them' },
  source: 'PyTorch torch.permute; ONNX Transpose',
  keywords: ['permute', 'swap', 'T', 'axes'],
  inputs: { x: { title: 'Input', dtype: 'any' } },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    dims: z.array(z.int()).max(8).default([]).meta({ title: 'Order of dimensions', description: 'None: reversed' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes: { dims }, fail }) {
    const rank = x.shape.length;
    if (!checkAxes(dims, x.shape, 'dims', fail)) return null;
    if (dims.length > 0 && dims.length !== rank) {
      return fail(
        'E_DIM',
        { attribute: 'dims' },
        `[${dims.join(', ')}] orders ${dims.length} dimensions, there are ${rank}`,
      );
    }
    return { outputs: { y: { dtype: x.dtype, shape: orderOf(dims, rank).map((axis) => x.shape[axis] as number) } } };
  },
  forward: ({ emit, inputs: { x }, attributes }) => ({
    outputs: { y: emit.copy(permuteAxes(x, orderOf(attributes.dims, x.shape.length))) },
  }),
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const order = orderOf(attributes.dims, x.shape.length);
    return {
      x: emit.copy(
        permuteAxes(
          cotangents.y,
          order.map((_, axis) => order.indexOf(axis)),
        ),
      ),
    };
  },
  reference: ({ inputs: { x }, attributes, outputs }) => ({
    y: reindexReference(x, outputs.y.shape, (i) => sourceOf(x.shape, attributes.dims, outputs.y.shape, i)),
  }),
  explain: ({ inputs: { x }, attributes, outputs, index }) =>
    explainCopy(factorOf('x', x, sourceOf(x.shape, attributes.dims, outputs.y.shape, index))),
  flops: () => 0,
  onnx: { op: 'Transpose', attributes: { dims: 'perm' } },
  pytorch: 'torch.permute',
  samples: [
    { inputs: { x: [2, 3] } },
    { attributes: { dims: [0, 2, 3, 1] }, inputs: { x: [2, 3, 2, 4] } },
    { attributes: { dims: [-1, 0, 1] }, inputs: { x: [2, 3, 4] } },
  ],
});

function sourceOf(x: Shape, dims: readonly number[], y: Shape, index: number): number {
  const strides = rowMajorStrides(x);
  const order = orderOf(dims, x.length);
  return coordinatesOf(index, y).reduce((sum, at, axis) => sum + at * (strides[order[axis] as number] as number), 0);
}
