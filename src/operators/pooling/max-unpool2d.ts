// max_unpool2d: puts numbers back where a pool took them.  Formula  y[n,c, indices[n,c,i,j]] += x[n,c,i,j], 0 elsewhere
// Shapes  x f32[N,C,H,W]  indices int32 as x: positions in one H'·W' plane of y  y f32[N,C,H',W'], by default H' = (H−1)s − 2p + K,
//         with padding "same" H' = Hs: the largest plane from which such a pool leads to x
// Errors  E_INDICES  E_EMPTY  E_SIZE             Gradient  dx = dy at the indices. Indices outside the plane put nothing down; equal ones add up
// Source  PyTorch max_unpool2d, ONNX MaxUnpool-11 (whose indices count over the whole tensor); Zeiler & Fergus 2014 (switches)
// Cost    1 flop an input
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import { formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import { pairOf, pairSchema, samePaddingSchema, sidesOf } from '../convolution/window.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { explainSum, factorOf } from '../support/explain.ts';
import { shaped } from '../support/shaped.ts';
import { oneOutput } from '../support/unary.ts';

const attributes = z.strictObject({
  kernel_size: pairSchema.default(2).meta({ title: 'Kernel size', unit: 'px', description: 'Of the pool' }),
  stride: pairSchema.optional().meta({ title: 'Stride', unit: 'px', description: 'The kernel size when left out' }),
  padding: samePaddingSchema.default(0).meta({
    title: 'Padding',
    unit: 'px',
    description:
      'Of the pool: one number, [height, width], [top, left, bottom, right] or "same": the stride times the size is made',
  }),
  output_size: pairSchema
    .optional()
    .meta({ title: 'Output size', unit: 'px', description: '[height, width]: where the pool left a rest over' }),
});
type Attributes = z.output<typeof attributes>;

function sizeOf(a: Attributes, x: Shape): [number, number] {
  if (a.output_size !== undefined) return [...pairOf(a.output_size)];
  const kernel = pairOf(a.kernel_size);
  const stride = a.stride === undefined ? kernel : pairOf(a.stride);
  if (a.padding === 'same') return [(x[2] as number) * stride[0], (x[3] as number) * stride[1]];
  const sides = sidesOf(a.padding);
  return [0, 1].map(
    (axis) => ((x[axis + 2] as number) - 1) * stride[axis]! - sides[axis]! - sides[axis + 2]! + kernel[axis]!,
  ) as [number, number];
}

/** Of the pool that leads from y to x; its windows do not matter, since the indices say where things go. */
function geometryOf(x: Shape, y: Shape): Pool2dGeometry {
  const [batch, channels, height, width] = x as [number, number, number, number];
  return {
    planes: batch * channels,
    inSize: [y[2] as number, y[3] as number],
    outSize: [height, width],
    kernel: [1, 1],
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
  };
}

/** Flat index in y for element `index` of x; −1 where its own index lies outside the plane. */
function placeOf({ indices, x, y }: { indices: ReferenceTensor; x: Shape; y: Shape }, index: number): number {
  const plane = numel(y.slice(2));
  const at = indices.data[index] as number;
  return at >= 0 && at < plane ? Math.floor(index / numel(x.slice(2))) * plane + at : -1;
}

export const maxUnpool2d = defineOperator({
  id: 'max_unpool2d',
  family: 'pooling',
  title: 'Max unpool 2D',
  summary: 'Undoes a max pool: every number returns to where it was the largest, the rest is 0.',
  formula: 'y_{n,\\,c,\\,\\mathrm{indices}_{n,c,i,j}} = x_{n,c,i,j}',
  gradientFormula: 'dx_{n,c,i,j} = dy_{n,\\,c,\\,\\mathrm{indices}_{n,c,i,j}}',
  gradientNote: 'Indices outside the plane put nothing down and get nothing.',
  shapes: {
    x: '[N, C, H, W]',
    indices: 'as x: positions in a plane of y',
    y: '[N, C, H′, W′], by default H′ = (H − 1)s − 2p + K, for padding `same` Hs',
  },
  source: 'PyTorch torch.nn.functional.max_unpool2d; ONNX MaxUnpool',
  keywords: ['unpooling', 'switches', 'upsampling', 'deconvnet', 'segnet'],
  inputs: { x: { title: 'Input', rank: 4 }, indices: { title: 'Winners of the pool', dtype: 'int32', rank: 4 } },
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  infer({ inputs: { x, indices }, attributes: a, source, fail }) {
    if (!sameShape(x.shape, indices.shape)) {
      const message = `expects one index for each number of ${formatShape(x.shape)} from ${source('x')}, gets ${formatShape(indices.shape)} from ${source('indices')}`;
      return fail('E_INDICES', { port: 'indices' }, message);
    }
    const size = sizeOf(a, x.shape);
    if (size.some((length) => length <= 0)) {
      return fail('E_SIZE', { attribute: 'padding' }, `the output would be ${size.join('×')}`);
    }
    return { outputs: { y: { dtype: 'float32', shape: [...x.shape.slice(0, 2), ...size] } } };
  },
  forward: ({ emit, inputs: { x, indices }, outputs }) => ({
    outputs: { y: emit.maxPool2dGrad(geometryOf(x.shape, outputs.y.shape), x, indices, outputs.y.shape) },
  }),
  gradient({ emit, inputs: { x, indices }, cotangents }) {
    const plane = numel(cotangents.y.shape.slice(2));
    const planes = numel(x.shape.slice(0, 2));
    const own: Ref = shaped(emit, indices, [planes, numel(x.shape.slice(2))]);
    // Where the index lies outside, element 0 is read and thrown away.
    const places = emit.map(
      [own],
      (e, at) => {
        const outside = e.or(e.lt(at, e.constant(0)), e.ge(at, e.constant(plane)));
        return e.select(outside, e.constant(0), e.add(at, e.mul(e.coordinate(0), e.constant(plane))));
      },
      { dtype: 'int32' },
    );
    const taken = emit.gather(shaped(emit, cotangents.y, [planes * plane]), 0, places);
    const dx = emit.map([taken, own], (e, d, at) =>
      e.select(e.or(e.lt(at, e.constant(0)), e.ge(at, e.constant(plane))), e.constant(0), d),
    );
    return { x: shaped(emit, dx, x.shape) };
  },
  reference({ inputs: { x, indices }, outputs }) {
    const y = new Float64Array(numel(outputs.y.shape));
    x.data.forEach((value, i) => {
      const at = placeOf({ indices, x: x.shape, y: outputs.y.shape }, i);
      if (at >= 0) y[at]! += value;
    });
    return { y };
  },
  explain({ inputs: { x, indices }, outputs, index }) {
    const terms = [...x.data.keys()]
      .filter((i) => placeOf({ indices, x: x.shape, y: outputs.y.shape }, i) === index)
      .map((i) => ({ value: x.data[i] as number, factors: [factorOf('x', x, i), factorOf('indices', indices, i)] }));
    return explainSum(terms, terms.length === 0 ? 'no index points here: 0' : `Σ of ${terms.length} put here`);
  },
  flops: ({ inputs }) => Math.max(1, numel(inputs.x.shape)),
  onnx: { op: 'MaxUnpool', attributes: { kernel_size: 'kernel_shape', stride: 'strides', padding: 'pads' } },
  pytorch: 'torch.nn.functional.max_unpool2d',
  samples: [
    { inputs: { x: [2, 2, 2, 2], indices: { shape: [2, 2, 2, 2], below: 16 } } },
    {
      attributes: { kernel_size: [2, 3], output_size: [5, 4] },
      inputs: { x: [1, 2, 2, 1], indices: { shape: [1, 2, 2, 1], below: 25 } },
    },
    {
      attributes: { kernel_size: 3, stride: 2, padding: 1 },
      inputs: { x: [1, 2, 3, 2], indices: { shape: [1, 2, 3, 2], below: 15 } },
    },
    {
      attributes: { kernel_size: [3, 2], stride: [2, 3], padding: 'same' },
      inputs: { x: [1, 2, 3, 2], indices: { shape: [1, 2, 3, 2], below: 36 } },
    },
  ],
});
