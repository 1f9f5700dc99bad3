// upsample_nearest2d: repeats pixels.             Formula  y[n,c,i,j] = x[n,c,⌊i·H/H'⌋,⌊j·W/W'⌋]
// Shapes  x f32[N,C,H,W]  y f32[N,C,H',W'], H' = size or ⌊H·factor⌋ (then ⌊i/factor⌋ is read)
// Errors  E_EMPTY                                 Gradient  dx: the sum of dy over the pixels that repeat it
// Source  PyTorch interpolate (nearest), ONNX Resize-13 (asymmetric, floor)
// Cost    1 copy an output
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { reindexReference } from '../support/reindex.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';
import { inferResample, type Line, linesOf, resampleAttributes, resampleInputs, sourceOf } from './resample.ts';

const attributes = z.strictObject(resampleAttributes);
type Attributes = z.output<typeof attributes>;

function indicesOf(emit: Emitter, line: Line): Ref {
  return emit.constant(
    [line.to],
    Array.from({ length: line.to }, (_, i) => sourceOf(line, i)),
    'int32',
  );
}

function elementOf(given: Attributes, x: Shape, y: Shape, index: number): number {
  const [n, c, i, j] = coordinatesOf(index, y) as [number, number, number, number];
  const [rows, columns] = linesOf(given, x);
  return flatIndex([n, c, sourceOf(rows, i), sourceOf(columns, j)], x);
}

export const upsampleNearest2d = defineOperator({
  id: 'upsample_nearest2d',
  family: 'pooling',
  title: 'Upsample nearest 2D',
  summary: 'Enlarges an image by repeating its pixels.',
  formula: "y_{n,c,i,j} = x_{n,\\,c,\\,\\lfloor iH/H' \\rfloor,\\,\\lfloor jW/W' \\rfloor}",
  gradientFormula:
    "dx_{n,c,r,s} = \\sum_{\\substack{i:\\, \\lfloor iH/H' \\rfloor = r \\\\ j:\\, \\lfloor jW/W' \\rfloor = s}} dy_{n,c,i,j}",
  shapes: { x: '[N, C, H, W]', y: '[N, C, H′, W′], H′ = `size` or ⌊H · `scale_factor`⌋' },
  source: 'PyTorch torch.nn.functional.interpolate, mode nearest; ONNX Resize',
  keywords: ['upsampling', 'resize', 'interpolate', 'nearest neighbour', 'unpooling'],
  inputs: resampleInputs,
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  infer: inferResample,
  forward({ emit, inputs: { x }, attributes: a }) {
    const [rows, columns] = linesOf(a, x.shape);
    return { outputs: { y: emit.gather(emit.gather(x, 2, indicesOf(emit, rows)), 3, indicesOf(emit, columns)) } };
  },
  gradient({ emit, inputs: { x }, attributes: a, cotangents }) {
    const [rows, columns] = linesOf(a, x.shape);
    const narrow = cotangents.y.shape.with(3, columns.from);
    const summed = emit.scatterAdd(cotangents.y, 3, indicesOf(emit, columns), narrow);
    return { x: emit.scatterAdd(summed, 2, indicesOf(emit, rows), x.shape) };
  },
  reference: ({ inputs: { x }, attributes: a, outputs: { y } }) => ({
    y: reindexReference(x, y.shape, (index) => elementOf(a, x.shape, y.shape, index)),
  }),
  explain: ({ inputs: { x }, attributes: a, outputs: { y }, index }) =>
    explainCopy(factorOf('x', x, elementOf(a, x.shape, y.shape, index))),
  flops: flopsPerElement,
  onnx: { op: 'Resize', attributes: { size: 'sizes', scale_factor: 'scales' } },
  pytorch: 'torch.nn.functional.interpolate',
  samples: [
    { inputs: { x: [2, 2, 2, 3] } },
    { attributes: { scale_factor: [3, 1.5] }, inputs: { x: [1, 2, 2, 3] } },
    { attributes: { size: [5, 2] }, inputs: { x: [1, 2, 3, 4] } },
  ],
});
