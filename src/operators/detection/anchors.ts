// anchors: boxes of many sizes and forms over a feature map.  Formula  y[(i,j,k)] = round(±w_k/2, ±h_k/2) + (j + o, i + o)·stride
// Shapes  x f32[N,C,H,W], of which only H and W count  y f32[H·W·A,4] rows x1, y1, x2, y2; A = ratios × sizes, sizes fastest
// Errors  E_ANCHORS                              Gradient  none: nothing here depends on numbers
// Source  Ren et al. 2015 (Faster R-CNN); torchvision AnchorGenerator. w = size/√ratio, h = size·√ratio; halves round to even
// Cost    2 flops a coordinate
import { z } from 'zod';
import { roundHalfEven } from '../../kernels/reference/special.ts';
import type { Shape } from '../../tensor/shape.ts';
import { pairOf, pairSchema } from '../convolution/window.ts';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';

const attributes = z.strictObject({
  sizes: z
    .array(z.number().gt(0))
    .min(1)
    .max(64)
    .default([128, 256, 512])
    .meta({ title: 'Sizes', unit: 'px', description: 'Square roots of the areas, in pixels of the image' }),
  aspect_ratios: z
    .array(z.number().gt(0))
    .min(1)
    .max(64)
    .default([0.5, 1, 2])
    .meta({ title: 'Aspect ratios', description: 'Height over width' }),
  stride: pairSchema
    .default(16)
    .meta({ title: 'Stride', unit: 'px', description: 'Pixels of the image between two cells: one number or [y, x]' }),
  offset: z.number().min(0).max(1).default(0).meta({
    title: 'Offset',
    description: 'Where in its cell a box is centred: 0 at the first corner, 0.5 in the middle',
  }),
});
type Attributes = z.output<typeof attributes>;

/** The boxes of a cell around its centre, four numbers each. */
function baseBoxes({ sizes, aspect_ratios: ratios }: Attributes): number[] {
  return ratios.flatMap((ratio) =>
    sizes.flatMap((size) => {
      const root = Math.sqrt(ratio);
      const [right, bottom] = [roundHalfEven(size / root / 2), roundHalfEven((size * root) / 2)];
      return [-right, -bottom, right, bottom];
    }),
  );
}

/** Where coordinate `index` of y comes from: of which box, how far the cell moves it. */
function placeOf(a: Attributes, x: Shape, index: number) {
  const base = baseBoxes(a);
  const cell = Math.floor(index / base.length);
  const width = x[3] as number;
  const axis = index % 2 === 0 ? 1 : 0;
  const at = axis === 1 ? cell % width : Math.floor(cell / width);
  return { corner: base[index % base.length] as number, at, step: pairOf(a.stride)[axis] };
}

export const anchors = defineOperator({
  id: 'anchors',
  family: 'detection',
  title: 'Anchors',
  summary: 'Boxes of several sizes and forms at every cell of a feature map, for a detector to correct.',
  formula:
    'y_{(iW + j)A + k} = \\left[-\\tfrac{w_k}{2}, -\\tfrac{h_k}{2}, \\tfrac{w_k}{2}, \\tfrac{h_k}{2}\\right] + s\\,[j + o,\\; i + o,\\; j + o,\\; i + o]',
  gradientFormula: null,
  gradientNote: 'Only the size of the feature map counts: nothing depends on its numbers.',
  shapes: { x: '[N, C, H, W]', y: '[H·W·A, 4], rows x1, y1, x2, y2; A = ratios × sizes, sizes fastest' },
  source: 'Ren et al. 2015 (Faster R-CNN); torchvision.models.detection.anchor_utils.AnchorGenerator',
  keywords: ['anchor boxes', 'prior boxes', 'default boxes', 'region proposal', 'rpn', 'ssd', 'detection'],
  inputs: { x: { title: 'Feature map', dtype: 'any', rank: 4, typeOnly: true } },
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  infer({ inputs: { x }, attributes: a, source, fail }) {
    const [, , height, width] = x.shape as [number, number, number, number];
    if (height * width === 0) {
      return fail('E_ANCHORS', { port: 'x' }, `${source('x')} has no cells: ${height}·${width} = 0`);
    }
    return { outputs: { y: { dtype: 'float32', shape: [(height * width * baseBoxes(a).length) / 4, 4] } } };
  },
  forward({ emit, inputs: { x }, attributes: a, outputs }) {
    const base = baseBoxes(a);
    const [down, across] = pairOf(a.stride);
    const boxes = emit.constant([base.length / 4, 4], base);
    const y = emit.map(
      [boxes],
      (e, corner) => {
        const column = e.coordinate(3);
        const isVertical = e.or(e.eq(column, e.constant(1)), e.eq(column, e.constant(3)));
        const shift = (axis: number, step: number) =>
          e.mul(e.add(e.coordinate(axis), e.constant(a.offset)), e.constant(step));
        return e.add(corner, e.select(isVertical, shift(0, down), shift(1, across)));
      },
      { shape: [...x.shape.slice(2), ...boxes.shape] },
    );
    return { outputs: { y: emit.view(y, outputs.y.shape) } };
  },
  gradient: null,
  reference: ({ inputs: { x }, attributes: a, outputs }) => ({
    y: Float64Array.from({ length: 4 * (outputs.y.shape[0] as number) }, (_, index) => {
      const { corner, at, step } = placeOf(a, x.shape, index);
      return corner + (at + a.offset) * step;
    }),
  }),
  explain({ inputs: { x }, attributes: a, index }) {
    const { corner, at, step } = placeOf(a, x.shape, index);
    const result = corner + (at + a.offset) * step;
    return {
      by: 'function',
      terms: [],
      result,
      text: `${say(corner)} + ${say(at + a.offset)}·${step} = ${say(result)}`,
    };
  },
  flops: (context) => 2 * flopsPerElement(context),
  onnx: null,
  pytorch: 'torchvision.models.detection.anchor_utils.AnchorGenerator',
  samples: [
    { attributes: { sizes: [32, 64], stride: 8 }, inputs: { x: [1, 1, 2, 3] } },
    { attributes: { sizes: [10], aspect_ratios: [1, 2.5], stride: [4, 6], offset: 0.5 }, inputs: { x: [2, 3, 3, 1] } },
  ],
});
