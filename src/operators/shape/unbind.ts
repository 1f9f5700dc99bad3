// unbind: every slice across a dimension.        Formula  yᵢ = x[…, i, …]
// Shapes  x of rank ≥ 1  y0, y1, … without dimension `dim`, one for each element along it
// Errors  E_DIM  E_SPLIT                         Gradient  dx = the dyᵢ stacked, 0 where nothing depends on yᵢ
// Source  PyTorch unbind
import { z } from 'zod';
import { insertAxis, selectIndex } from '../../program/access.ts';
import { mostSteps } from '../../program/most-steps.ts';
import { formatShape, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { reindexReference } from '../support/reindex.ts';

export const unbind = defineOperator({
  id: 'unbind',
  family: 'shape',
  title: 'Unbind',
  summary: 'Takes a tensor apart along a dimension, into time steps for example.',
  formula: 'y_i = x_{\\dots, i, \\dots}',
  gradientFormula: 'dx_{\\dots, i, \\dots} = dy_i',
  gradientNote: '0 where nothing depends on a slice.',
  shapes: { x: 'any of rank 1 or more', y: 'x without dimension `dim`' },
  source: 'PyTorch torch.unbind',
  keywords: ['unstack', 'split', 'time steps', 'take apart'],
  inputs: { x: { title: 'Input', dtype: 'any', rank: [1, 8] } },
  parameters: {},
  outputs: { y: { title: 'Slices', dtype: 'any', variadic: 1 } },
  attributes: z.strictObject({ dim: z.int().default(0).meta({ title: 'Dimension' }) }),
  traits: { view: true },
  infer({ inputs: { x }, attributes, source, fail }) {
    const axis = checkAxis(attributes.dim, x.shape, 'dim', fail);
    if (axis === null) return null;
    const count = x.shape[axis] as number;
    // Every slice is an output with a name: of a sequence a time step.
    if (count > mostSteps) {
      const of = `dimension ${axis} of ${formatShape(x.shape)} from ${source('x')}`;
      return fail('E_SPLIT', { attribute: 'dim' }, `${of} would fall into ${count} slices, ${mostSteps} are allowed`);
    }
    const type = { dtype: x.dtype, shape: x.shape.toSpliced(axis, 1) };
    return { outputs: { y: new Array<typeof type>(count).fill(type) } };
  },
  forward({ emit, inputs: { x }, attributes, outputs }) {
    const axis = axisOf(attributes.dim, x.shape.length);
    return { outputs: { y: outputs.y.map((_, i) => emit.copy(selectIndex(x, axis, i))) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const axis = axisOf(attributes.dim, x.shape.length);
    const pieces = cotangents.y.flatMap((dy, i) =>
      dy ? [{ operand: insertAxis(dy, axis), at: x.shape.map((_, d) => (d === axis ? i : 0)) }] : [],
    );
    return { x: emit.assemble(x.shape, pieces) };
  },
  reference: ({ inputs: { x }, attributes, outputs }) => ({
    y: outputs.y.map(({ shape }, k) => reindexReference(x, shape, (i) => sourceOf(x.shape, attributes.dim, k, i))),
  }),
  explain({ inputs: { x }, attributes, port, index }) {
    return explainCopy(factorOf('x', x, sourceOf(x.shape, attributes.dim, Number(port.slice(1)), index)));
  },
  flops: () => 0,
  onnx: null,
  pytorch: 'torch.unbind',
  samples: [{ inputs: { x: [3, 4] } }, { attributes: { dim: -1 }, inputs: { x: [2, 3] } }],
});

function sourceOf(x: Shape, dim: number, slice: number, index: number): number {
  const axis = axisOf(dim, x.length);
  const { size, inner } = aroundAxis(x, axis);
  return (Math.floor(index / inner) * size + slice) * inner + (index % inner);
}
