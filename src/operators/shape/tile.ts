// tile: copies of a tensor side by side.         Formula  y[i] = x[i mod n] along each dimension
// Shapes  x any  y with n·repeats elements along each dimension; the shorter of both lists is filled with 1 in front
// Errors  E_TILE                                 Gradient  dx: dy summed over the copies
// Source  PyTorch tile, ONNX Tile-13
import { z } from 'zod';
import { broadcastTo, insertAxis, type Operand } from '../../program/access.ts';
import type { Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { reindexReference } from '../support/reindex.ts';
import { anyOutput } from '../support/unary.ts';

/** Sizes and repeats of equally many dimensions. */
function aligned(x: Shape, dims: readonly number[]) {
  const rank = Math.max(x.length, dims.length);
  const filled = (list: readonly number[]) => [...new Array<number>(rank - list.length).fill(1), ...list];
  return { sizes: filled(x), repeats: filled(dims) };
}

/** Every dimension as [copies, own size]; those without copies are left out. */
function copiesOf(x: Shape, dims: readonly number[]) {
  const { sizes, repeats } = aligned(x, dims);
  const axes: { readonly copies: boolean; readonly size: number }[] = [];
  for (const [axis, size] of sizes.entries()) {
    const count = repeats[axis] as number;
    if (count > 1) axes.push({ copies: true, size: count });
    axes.push({ copies: false, size });
  }
  return axes;
}

function sourceOf(x: Shape, y: Shape, index: number): number {
  const at = coordinatesOf(index, y).slice(y.length - x.length);
  return flatIndex(
    at.map((i, axis) => i % (x[axis] as number)),
    x,
  );
}

export const tile = defineOperator({
  id: 'tile',
  family: 'shape',
  title: 'Tile',
  summary: 'Lays copies of a tensor side by side.',
  formula: 'y_i = x_{i \\bmod n}',
  gradientFormula: 'dx_j = \\sum_{i \\equiv j \\;(\\bmod n)} dy_i',
  shapes: { x: 'any', dims: '[rank of y]', y: 'the sizes of x times `dims`' },
  source: 'PyTorch torch.tile; ONNX Tile',
  keywords: ['repeat', 'copies', 'numpy.tile'],
  inputs: { x: { title: 'Input', dtype: 'any' }, dims: knownNumbers('Repeats') },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    dims: z
      .array(z.int().min(1).max(1_000_000))
      .max(8)
      .default([2])
      .meta({ title: 'Repeats', description: 'One for each dimension, the last ones where there are fewer' }),
  }),
  traits: {},
  infer({ inputs: { x }, attributes: { dims }, fail }) {
    const { sizes, repeats } = aligned(x.shape, dims);
    const shape = sizes.map((size, axis) => size * (repeats[axis] as number));
    const count = shape.reduce((product, size) => product * size, 1);
    if (count <= 2 ** 31) return { outputs: { y: { dtype: x.dtype, shape } } };
    return fail('E_TILE', { attribute: 'dims' }, `${count} elements are more than a tensor holds`);
  },
  forward({ emit, inputs: { x }, attributes: { dims }, outputs: { y } }) {
    const axes = copiesOf(x.shape, dims);
    let operand: Operand = emit.view(
      x,
      axes.flatMap(({ copies, size }) => (copies ? [] : [size])),
    );
    for (const [axis, { copies }] of axes.entries()) if (copies) operand = insertAxis(operand, axis);
    const repeated = broadcastTo(
      operand,
      axes.map(({ size }) => size),
    );
    return { outputs: { y: emit.view(emit.copy(repeated), y.shape) } };
  },
  gradient({ emit, inputs: { x }, attributes: { dims }, cotangents }) {
    const axes = copiesOf(x.shape, dims);
    const copies = [...axes.entries()].flatMap(([axis, each]) => (each.copies ? [axis] : []));
    const dy = emit.view(
      cotangents.y,
      axes.map(({ size }) => size),
    );
    return { x: emit.view(copies.length === 0 ? dy : emit.reduce([dy], { axes: copies }), x.shape) };
  },
  reference: ({ inputs: { x }, outputs: { y } }) => ({
    y: reindexReference(x, y.shape, (index) => sourceOf(x.shape, y.shape, index)),
  }),
  explain: ({ inputs: { x }, outputs: { y }, index }) =>
    explainCopy(factorOf('x', x, sourceOf(x.shape, y.shape, index))),
  flops: ({ outputs: { y } }) => y.shape.reduce((product, size) => product * size, 1),
  onnx: { op: 'Tile', attributes: { dims: 'repeats' } },
  pytorch: 'torch.tile',
  samples: [
    { inputs: { x: [2, 3] } },
    { attributes: { dims: [2, 1, 3] }, inputs: { x: [3, 2] } },
    { attributes: { dims: [3] }, inputs: { x: [] } },
  ],
});
