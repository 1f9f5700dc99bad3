// upsample_bed_of_nails2d: zeros between pixels.  Formula  y[n,c,i·s,j·t] = x[n,c,i,j], 0 elsewhere
// Shapes  x f32[N,C,H,W]  y f32[N,C,H·s,W·t]      Gradient  dx = dy at the pixels
// Source  CS231n lecture on segmentation; Dosovitskiy et al. 2015 (unpooling)
// Cost    1 copy an output
import { z } from 'zod';
import { type Operand, sliceAxis } from '../../program/access.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { type Pair, pairOf, pairSchema } from '../convolution/window.ts';
import { defineOperator } from '../define-operator.ts';
import { coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';

/** Flat index in x for element `index` of y; −1 between the pixels. */
function sourceOf(x: Shape, y: Shape, [s, t]: Pair, index: number): number {
  const [n, c, i, j] = coordinatesOf(index, y) as [number, number, number, number];
  return i % s === 0 && j % t === 0 ? flatIndex([n, c, i / s, j / t], x) : -1;
}

export const upsampleBedOfNails2d = defineOperator({
  id: 'upsample_bed_of_nails2d',
  family: 'pooling',
  title: 'Upsample bed of nails 2D',
  summary: 'Enlarges an image by zeros: every pixel becomes the corner of an otherwise empty block.',
  formula: 'y_{n,c,\\,is,\\,jt} = x_{n,c,i,j}',
  gradientFormula: 'dx_{n,c,i,j} = dy_{n,c,\\,is,\\,jt}',
  shapes: { x: '[N, C, H, W]', y: '[N, C, H·s, W·t]' },
  source: 'CS231n; Dosovitskiy et al. 2015 (Learning to generate chairs)',
  keywords: ['upsampling', 'unpooling', 'zeros', 'dilate'],
  inputs: { x: { title: 'Input', rank: 4 }, scale_factor: knownNumbers('Factor') },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    scale_factor: pairSchema.default(2).meta({ title: 'Factor', description: 'One number or [vertical, horizontal]' }),
  }),
  traits: {},
  infer({ inputs: { x }, attributes, fail }) {
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    if (height * width === 0) return fail('E_EMPTY', { port: 'x' }, `has no pixels: ${height}·${width} = 0`);
    const [s, t] = pairOf(attributes.scale_factor);
    return { outputs: { y: { dtype: 'float32', shape: [batch, channels, height * s, width * t] } } };
  },
  forward({ emit, inputs: { x }, attributes, outputs }) {
    const steps = [1, 1, ...pairOf(attributes.scale_factor)];
    return { outputs: { y: emit.assemble(outputs.y.shape, [{ operand: x, at: [0, 0, 0, 0], steps }]) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const taken = pairOf(attributes.scale_factor).reduce<Operand>(
      (operand, step, axis) => sliceAxis(operand, axis + 2, 0, x.shape[axis + 2] as number, step),
      cotangents.y,
    );
    return { x: emit.copy(taken) };
  },
  reference({ inputs: { x }, attributes, outputs }) {
    const factor = pairOf(attributes.scale_factor);
    const { shape } = outputs.y;
    return {
      y: Float64Array.from({ length: numel(shape) }, (_, i) => x.data[sourceOf(x.shape, shape, factor, i)] ?? 0),
    };
  },
  explain({ inputs: { x }, attributes, outputs, index }) {
    const from = sourceOf(x.shape, outputs.y.shape, pairOf(attributes.scale_factor), index);
    if (from >= 0) return explainCopy(factorOf('x', x, from));
    return { by: 'function', terms: [{ value: 0, factors: [] }], result: 0, text: '0 between the pixels' };
  },
  flops: flopsPerElement,
  onnx: null,
  pytorch: null,
  samples: [{ inputs: { x: [2, 2, 2, 3] } }, { attributes: { scale_factor: [3, 1] }, inputs: { x: [1, 2, 2, 2] } }],
});
