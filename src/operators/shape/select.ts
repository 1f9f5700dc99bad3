// select: one slice across a dimension.          Formula  y = x[…, index, …]
// Shapes  x of rank ≥ 1  y without dimension `dim`
// Errors  E_DIM  E_INDEX                         Gradient  dx = dy at `index`, 0 elsewhere
// Source  PyTorch select, ONNX Gather-13 with a scalar index
import { z } from 'zod';
import { insertAxis, selectIndex } from '../../program/access.ts';
import { formatShape, normalizeAxis, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { reindexReference } from '../support/reindex.ts';
import { oneOutput } from '../support/unary.ts';

export const select = defineOperator({
  id: 'select',
  family: 'shape',
  title: 'Select',
  summary: 'Takes one slice across a dimension: a time step, a channel, a class.',
  formula: 'y = x_{\\dots, i, \\dots}',
  gradientFormula: 'dx_{\\dots, j, \\dots} = [j = i]\\, dy',
  shapes: { x: 'any of rank 1 or more', y: 'x without dimension `dim`' },
  source: 'PyTorch torch.select; ONNX Gather',
  keywords: ['index', 'pick', 'time step', 'slice'],
  inputs: { x: { title: 'Input', dtype: 'any', rank: [1, 8] } },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    dim: z.int().default(0).meta({ title: 'Dimension' }),
    index: z.int().default(0).meta({ title: 'Index', description: 'Negative counts from the end' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes, fail }) {
    const axis = checkAxis(attributes.dim, x.shape, 'dim', fail);
    if (axis === null) return null;
    const size = x.shape[axis] as number;
    if (normalizeAxis(attributes.index, size) === null) {
      const range = `dimension ${axis} of ${formatShape(x.shape)} has ${size}`;
      return fail('E_INDEX', { attribute: 'index' }, `element ${attributes.index} does not exist: ${range}`);
    }
    return { outputs: { y: { dtype: x.dtype, shape: x.shape.toSpliced(axis, 1) } } };
  },
  forward({ emit, inputs: { x }, attributes }) {
    const { axis, index } = place(x.shape, attributes);
    return { outputs: { y: emit.copy(selectIndex(x, axis, index)) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const { axis, index } = place(x.shape, attributes);
    const at = x.shape.map((_, d) => (d === axis ? index : 0));
    return { x: emit.assemble(x.shape, [{ operand: insertAxis(cotangents.y, axis), at }]) };
  },
  reference: ({ inputs: { x }, attributes, outputs }) => ({
    y: reindexReference(x, outputs.y.shape, (i) => sourceOf(x.shape, attributes, i)),
  }),
  explain: ({ inputs: { x }, attributes, index }) =>
    explainCopy(factorOf('x', x, sourceOf(x.shape, attributes, index))),
  flops: () => 0,
  onnx: { op: 'Gather', attributes: { dim: 'axis' } },
  pytorch: 'torch.select',
  samples: [
    { attributes: { index: 1 }, inputs: { x: [3, 4] } },
    { attributes: { dim: -1, index: -1 }, inputs: { x: [2, 3, 4] } },
    { inputs: { x: [3] } },
  ],
});

function place(shape: Shape, { dim, index }: { readonly dim: number; readonly index: number }) {
  const axis = axisOf(dim, shape.length);
  return { axis, index: axisOf(index, shape[axis] as number) };
}

function sourceOf(shape: Shape, attributes: { readonly dim: number; readonly index: number }, i: number): number {
  const { axis, index } = place(shape, attributes);
  const { size, inner } = aroundAxis(shape, axis);
  return (Math.floor(i / inner) * size + index) * inner + (i % inner);
}
