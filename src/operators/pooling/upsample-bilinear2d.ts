// upsample_bilinear2d: blends the four nearest pixels.  Formula  y[n,c,i,j] = Σ over 2×2 of (1−|u−r|)(1−|v−s|)·x[n,c,r,s] at (u, v) for (i, j)
// Shapes  x f32[N,C,H,W]  y f32[N,C,H',W'], H' = size or ⌊H·factor⌋; u = (i+½)·H/H' − ½, at least 0, or i·(H−1)/(H'−1) with align_corners
// Errors  E_EMPTY                                 Gradient  dx: every output hands dy to its four pixels by their weights
// Source  PyTorch interpolate (bilinear), ONNX Resize-13 (linear, half_pixel or align_corners)
// Cost    6 flops an output
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line as Term } from '../../program/expression-builder.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainSum, factorOf } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';
import { inferResample, type Line, linesOf, resampleAttributes, resampleInputs } from './resample.ts';

const attributes = z.strictObject({
  ...resampleAttributes,
  align_corners: z
    .boolean()
    .default(false)
    .meta({ title: 'Align corners', description: 'The corner pixels keep their values' }),
});
type Attributes = z.output<typeof attributes>;

/** Where output i lies among the inputs of its line: u = max(0, slope·i + start). */
function placing({ from, to, step }: Line, align: boolean): { readonly slope: number; readonly start: number } {
  if (align) return { slope: to > 1 ? (from - 1) / (to - 1) : 0, start: 0 };
  return { slope: step, start: step / 2 - 0.5 };
}

interface Blend {
  readonly low: number;
  readonly high: number;
  /** Weight of `high`. */
  readonly share: number;
}

function blendOf(line: Line, align: boolean, i: number): Blend {
  const { slope, start } = placing(line, align);
  const at = Math.max(0, slope * i + start);
  const low = Math.min(line.from - 1, Math.floor(at));
  return { low, high: Math.min(line.from - 1, low + 1), share: at - low };
}

/** Both neighbours of every output of a line, and the weight of the upper one as a function of the coordinate. */
function neighbours(emit: Emitter, line: Line, align: boolean) {
  const blends = Array.from({ length: line.to }, (_, i) => blendOf(line, align, i));
  const lows = blends.map(({ low }) => low);
  const { slope, start } = placing(line, align);
  return {
    low: emit.constant([line.to], lows, 'int32'),
    high: emit.constant(
      [line.to],
      blends.map(({ high }) => high),
      'int32',
    ),
    share: (e: ExpressionBuilder, axis: number, low: Term) => {
      const at = e.add(e.mul(e.coordinate(axis), e.constant(slope)), e.constant(start));
      return e.sub(e.max(at, e.constant(0)), low);
    },
  };
}

/** `low` as it broadcasts along an axis of a picture. */
function along(emit: Emitter, low: Ref, axis: number): Ref {
  return axis === 3 ? low : emit.view(low, [low.shape[0] as number, 1]);
}

function stretch(emit: Emitter, x: Ref, axis: number, line: Line, align: boolean): Ref {
  const { low, high, share } = neighbours(emit, line, align);
  const operands = [emit.gather(x, axis, low), emit.gather(x, axis, high), along(emit, low, axis)];
  return emit.map(operands, (e, a, b, at) => e.add(a, e.mul(e.sub(b, a), share(e, axis, at))));
}

function shrink(emit: Emitter, dy: Ref, axis: number, line: Line, align: boolean): Ref {
  const { low, high, share } = neighbours(emit, line, align);
  const [toLow, toHigh] = emit.mapMany([dy, along(emit, low, axis)], (e, d, at) => {
    const upper = e.mul(d, share(e, axis, at));
    return [e.sub(d, upper), upper];
  }) as [Ref, Ref];
  const shape = dy.shape.with(axis, line.from);
  const both = [emit.scatterAdd(toLow, axis, low, shape), emit.scatterAdd(toHigh, axis, high, shape)];
  return emit.map(both, (e, a, b) => e.add(a, b));
}

/** The pixels that make element `index` of y, with their weights. */
function weightsOf(a: Attributes, x: Shape, y: Shape, index: number) {
  const [n, c, i, j] = coordinatesOf(index, y) as [number, number, number, number];
  const [rows, columns] = linesOf(a, x);
  const [row, column] = [blendOf(rows, a.align_corners, i), blendOf(columns, a.align_corners, j)];
  return [row.low, row.high].flatMap((r, k) =>
    [column.low, column.high].map((s, l) => ({
      at: flatIndex([n, c, r, s], x),
      weight: (k === 0 ? 1 - row.share : row.share) * (l === 0 ? 1 - column.share : column.share),
    })),
  );
}

function blended(x: ReferenceTensor, weights: ReturnType<typeof weightsOf>): number {
  return weights.reduce((sum, { at, weight }) => sum + weight * (x.data[at] as number), 0);
}

export const upsampleBilinear2d = defineOperator({
  id: 'upsample_bilinear2d',
  family: 'pooling',
  title: 'Upsample bilinear 2D',
  summary: 'Enlarges an image smoothly: every pixel is a blend of the four nearest.',
  formula: 'y_{n,c,i,j} = \\sum_{r,s} (1 - |u_i - r|)(1 - |v_j - s|)\\; x_{n,c,r,s}',
  gradientFormula: 'dx_{n,c,r,s} = \\sum_{i,j} (1 - |u_i - r|)(1 - |v_j - s|)\\; dy_{n,c,i,j}',
  gradientNote: 'The sum runs over the pixels that read (r, s).',
  shapes: { x: '[N, C, H, W]', y: '[N, C, H′, W′], H′ = `size` or ⌊H · `scale_factor`⌋' },
  source: 'PyTorch torch.nn.functional.interpolate, mode bilinear; ONNX Resize',
  keywords: ['upsampling', 'resize', 'interpolate', 'linear'],
  inputs: resampleInputs,
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  infer: inferResample,
  forward({ emit, inputs: { x }, attributes: a }) {
    const [rows, columns] = linesOf(a, x.shape);
    return { outputs: { y: stretch(emit, stretch(emit, x, 2, rows, a.align_corners), 3, columns, a.align_corners) } };
  },
  gradient({ emit, inputs: { x }, attributes: a, cotangents }) {
    const [rows, columns] = linesOf(a, x.shape);
    const narrow = shrink(emit, cotangents.y, 3, columns, a.align_corners);
    return { x: shrink(emit, narrow, 2, rows, a.align_corners) };
  },
  reference({ inputs: { x }, attributes: a, outputs }) {
    const { shape } = outputs.y;
    const y = Float64Array.from({ length: numel(shape) }, (_, i) => blended(x, weightsOf(a, x.shape, shape, i)));
    return { y };
  },
  explain({ inputs: { x }, attributes: a, outputs, index }) {
    const terms = weightsOf(a, x.shape, outputs.y.shape, index).map(({ at, weight }) => {
      const factor = factorOf('x', x, at);
      return { value: weight * factor.value, factors: [factor], label: `weight ${weight}` };
    });
    return explainSum(terms, 'Σ weight·x over 4 pixels');
  },
  flops: ({ outputs }) => 6 * numel(outputs.y.shape),
  onnx: { op: 'Resize', attributes: { size: 'sizes', scale_factor: 'scales' } },
  pytorch: 'torch.nn.functional.interpolate',
  samples: [
    { inputs: { x: [2, 2, 2, 3] } },
    { attributes: { size: [5, 2], align_corners: true }, inputs: { x: [1, 2, 3, 4] } },
    { attributes: { scale_factor: [1.7, 0.6] }, inputs: { x: [1, 2, 3, 4] } },
    { attributes: { size: 1, align_corners: true }, inputs: { x: [1, 1, 2, 2] } },
  ],
});
