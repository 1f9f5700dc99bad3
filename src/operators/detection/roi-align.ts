// roi_align: regions of any size, sampled to one size.  Formula  y[k,c,i,j] = mean of x at S·T points of bin (i, j), each a blend of 4 pixels;
//         mode max: the largest weight·pixel of all points (ONNX's rule, not that of the blends)
// Shapes  x f32[N,C,H,W]  rois f32[K,5] rows batch index, x1, y1, x2, y2  y f32[K,C,H',W']
// Errors  E_ROIS                                  Gradient  dx: dy to the pixels by their weights; of a maximum to the winner, ties share
// Source  He et al. 2017 (Mask R-CNN); torchvision.ops.roi_align, ONNX RoiAlign-16; none to the rois
// Cost    8 flops a point and channel. sampling_ratio 0 takes ⌈bin size⌉ points, at most as many as regions inside the picture need
import { z } from 'zod';
import { insertAxis, type Operand, permuteAxes, type Ref, selectIndex } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { pairOf } from '../convolution/window.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { explainSum, factorOf, say } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';
import { inferRegions, regionAttributes, regionInputs, regionShapes } from './regions.ts';

const attributes = z.strictObject({
  ...regionAttributes,
  sampling_ratio: z
    .int()
    .min(0)
    .max(64)
    .default(0)
    .meta({ title: 'Points a bin', description: 'Along each axis; 0: as its size asks' }),
  aligned: z.boolean().default(false).meta({ title: 'Aligned', description: 'Pixels have their centres at one half' }),
  mode: z
    .enum(['avg', 'max'])
    .default('avg')
    .meta({ title: 'Over a bin', description: 'The mean of its points, or the largest of their weighted pixels' }),
});
type Attributes = z.output<typeof attributes>;

/** Points along both axes of a bin that the program has room for. */
function roomOf(a: Attributes, x: Shape): readonly [number, number] {
  const bins = pairOf(a.output_size);
  const most = (axis: 0 | 1) =>
    a.sampling_ratio > 0 ? a.sampling_ratio : Math.ceil((x[axis + 2] as number) / bins[axis]);
  return [most(0), most(1)];
}

/** One axis of the iteration space [K, H', W', S, T, 2, 2]: positions and weights of the pixels on both sides of each point. */
function emitAxis(
  e: ExpressionBuilder,
  a: Attributes,
  [from, to]: readonly [Line, Line],
  axis: 0 | 1,
  sizes: { readonly pixels: number; readonly bins: number; readonly room: number },
): { readonly place: Line; readonly weight: Line; readonly counts: Line } {
  const number = (value: number) => e.constant(value);
  const [bin, point, side] = [e.coordinate(1 + axis), e.coordinate(3 + axis), e.coordinate(5 + axis)];
  const scaled = (edge: Line) => e.sub(e.mul(edge, number(a.spatial_scale)), number(a.aligned ? 0.5 : 0));
  const start = scaled(from);
  const span = e.sub(scaled(to), start);
  const length = e.div(a.aligned ? span : e.max(span, number(1)), number(sizes.bins));
  const asked = e.neg(e.floor(e.neg(length)));
  const points = a.sampling_ratio > 0 ? number(a.sampling_ratio) : e.min(asked, number(sizes.room));
  const safe = e.max(points, number(1));
  const at = e.add(e.add(start, e.mul(bin, length)), e.div(e.mul(e.add(point, number(0.5)), length), safe));
  const inside = e.and(e.and(e.ge(at, number(-1)), e.le(at, number(sizes.pixels))), e.lt(point, points));
  const clipped = e.min(e.max(at, number(0)), number(sizes.pixels - 1));
  const low = e.floor(clipped);
  const share = e.sub(clipped, low);
  const own = e.select(side, share, e.sub(number(1), share));
  const part = a.mode === 'avg' ? e.div(own, safe) : own;
  return {
    place: e.min(e.add(low, side), number(sizes.pixels - 1)),
    weight: e.select(inside, part, number(0)),
    counts: e.lt(point, points),
  };
}

/** Rows of x as [N·H·W, C], their weights, and 1 at points that count, over [K, H', W', S, T, 2, 2]. */
function emitSamples(emit: Emitter, rois: Ref, x: Shape, a: Attributes): [places: Ref, weights: Ref, counts: Ref] {
  const [batch, , height, width] = x as [number, number, number, number];
  const [bins, room] = [pairOf(a.output_size), roomOf(a, x)];
  const column = (index: number): Operand => {
    let operand: Operand = selectIndex(rois, 1, index);
    for (let axis = 1; axis < 7; axis++) operand = insertAxis(operand, axis);
    return operand;
  };
  return emit.mapMany(
    [0, 1, 2, 3, 4].map(column),
    (e, image, x1, y1, x2, y2) => {
      const vertical = emitAxis(e, a, [y1, y2], 0, { pixels: height, bins: bins[0], room: room[0] });
      const horizontal = emitAxis(e, a, [x1, x2], 1, { pixels: width, bins: bins[1], room: room[1] });
      const index = e.floor(image);
      const exists = e.and(e.ge(index, e.constant(0)), e.lt(index, e.constant(batch)));
      const row = e.add(e.mul(index, e.constant(height)), vertical.place);
      const place = e.add(e.mul(row, e.constant(width)), horizontal.place);
      const weight = e.mul(vertical.weight, horizontal.weight);
      const counts = e.and(exists, e.and(vertical.counts, horizontal.counts));
      return [e.select(exists, place, e.constant(0)), e.select(exists, weight, e.constant(0)), counts];
    },
    { shape: [rois.shape[0] as number, ...bins, ...room, 2, 2], dtypes: ['int32', 'float32', 'float32'] },
  ) as [Ref, Ref, Ref];
}

interface Pixel {
  readonly at: number;
  readonly weight: number;
}

/** The same in float64, of element `index` of y: flat positions in x. */
function pixelsOf(x: ReferenceTensor, rois: ReferenceTensor, a: Attributes, index: number): Pixel[] {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const bins = pairOf(a.output_size);
  const room = roomOf(a, x.shape);
  const j = index % bins[1];
  const i = Math.floor(index / bins[1]) % bins[0];
  const c = Math.floor(index / (bins[0] * bins[1])) % channels;
  const [image = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = rois.data.slice(
    5 * Math.floor(index / (bins[0] * bins[1] * channels)),
  );
  const plane = Math.floor(image);
  if (plane < 0 || plane >= batch) return [];
  const line = (from: number, to: number, bin: number, axis: 0 | 1, pixels: number) => {
    const offset = a.aligned ? 0.5 : 0;
    const start = from * a.spatial_scale - offset;
    const span = to * a.spatial_scale - offset - start;
    const length = (a.aligned ? span : Math.max(span, 1)) / bins[axis];
    const points = a.sampling_ratio > 0 ? a.sampling_ratio : Math.min(Math.ceil(length), room[axis]);
    const found: Pixel[] = [];
    for (let point = 0; point < points; point++) {
      const at = start + bin * length + ((point + 0.5) * length) / Math.max(points, 1);
      if (at < -1 || at > pixels) {
        // Such a point sees nothing, which a maximum counts.
        if (a.mode === 'max') found.push({ at: 0, weight: 0 });
        continue;
      }
      const clipped = Math.min(Math.max(at, 0), pixels - 1);
      const low = Math.floor(clipped);
      const count = a.mode === 'avg' ? points : 1;
      found.push({ at: low, weight: (1 - (clipped - low)) / count });
      found.push({ at: Math.min(low + 1, pixels - 1), weight: (clipped - low) / count });
    }
    return found;
  };
  const rows = line(y1, y2, i, 0, height);
  const columns = line(x1, x2, j, 1, width);
  const first = (plane * channels + c) * height;
  return rows.flatMap((row) =>
    columns.map((column) => ({ at: (first + row.at) * width + column.at, weight: row.weight * column.weight })),
  );
}

interface Winners {
  readonly weights: Ref;
  readonly samples: Ref;
  readonly counts: Ref;
  readonly y: Operand;
  readonly dy: Operand;
}

/** dy times the weight where weight·pixel is the maximum of its bin, shared by those that are equal. */
function emitWinners(emit: Emitter, { weights, samples, counts, y, dy }: Winners): Ref {
  const wins = emit.map([samples, insertAxis(weights, 7), insertAxis(counts, 7), y], (e, v, w, counted, most) =>
    e.and(counted, e.eq(e.mul(v, w), most)),
  );
  const equals = emit.reduce([wins], { axes: [3, 4, 5, 6], keepdim: true });
  return emit.map([wins, insertAxis(weights, 7), dy, equals], (e, won, w, d, count) =>
    e.select(won, e.div(e.mul(w, d), e.max(count, e.constant(1))), e.constant(0)),
  );
}

export const roiAlign = defineOperator({
  id: 'roi_align',
  family: 'detection',
  title: 'RoI align',
  summary: 'Cuts regions of any size out of feature maps and brings them to one size, blending pixels.',
  formula: 'y_{k,c,i,j} = \\operatorname{mean}_{p \\in \\mathrm{bin}_{ij}} x_{n_k,c}(p)',
  gradientFormula: 'dx_{n_k,c,q} = \\sum_{k,i,j} dy_{k,c,i,j} \\operatorname{mean}_{p \\in \\mathrm{bin}_{ij}} w_q(p)',
  gradientNote:
    'w is the weight of pixel q in the blend at p; of a maximum (mode max) the winner takes all. None to the regions.',
  shapes: regionShapes,
  source: 'He et al. 2017 (arXiv:1703.06870); torchvision.ops.roi_align; ONNX RoiAlign',
  keywords: ['region of interest', 'detection', 'mask r-cnn', 'crop', 'bilinear'],
  inputs: regionInputs,
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  infer: inferRegions,
  forward({ emit, inputs: { x, rois }, attributes: a }) {
    const channels = x.shape[1] as number;
    const rows = emit.view(emit.copy(permuteAxes(x, [0, 2, 3, 1])), [numel(x.shape) / channels, channels]);
    const [places, weights, counts] = emitSamples(emit, rois, x.shape, a);
    const samples = emit.gather(rows, 0, places);
    const axes = [3, 4, 5, 6];
    const weighed = [samples, insertAxis(weights, 7)];
    const saved = { places, weights };
    if (a.mode === 'avg') {
      const y = emit.reduce(weighed, { axes, value: (e, v, w) => e.mul(v, w) });
      return { outputs: { y: emit.copy(permuteAxes(y, [0, 3, 1, 2])) }, saved };
    }
    // Where no point counts nothing was seen: 0.
    const none = (e: ExpressionBuilder) => e.constant(-3.4e38);
    const y = emit.reduce([...weighed, insertAxis(counts, 7)], {
      axes,
      by: 'max',
      value: (e, v, w, counted) => e.select(counted, e.mul(v, w), none(e)),
      finish: (e, most) => e.select(e.le(most, none(e)), e.constant(0), most),
    });
    return { outputs: { y: emit.copy(permuteAxes(y, [0, 3, 1, 2])) }, saved: { ...saved, samples, counts } };
  },
  gradient({ emit, inputs: { x }, outputs, cotangents, saved, attributes: a, needs }) {
    if (!needs('x')) return {};
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    const weights = saved('weights');
    const lifted = (operand: Operand) => [3, 4, 5, 6].reduce<Operand>((made, axis) => insertAxis(made, axis), operand);
    const byBin = (ref: Ref) => lifted(permuteAxes(ref, [0, 2, 3, 1]));
    const dy = byBin(cotangents.y);
    const shares =
      a.mode === 'avg'
        ? emit.map([insertAxis(weights, 7), dy], (e, w, d) => e.mul(w, d))
        : emitWinners(emit, { weights, samples: saved('samples'), counts: saved('counts'), y: byBin(outputs.y), dy });
    const rows = emit.scatterAdd(shares, 0, saved('places'), [batch * height * width, channels]);
    return { x: emit.copy(permuteAxes(emit.view(rows, [batch, height, width, channels]), [0, 3, 1, 2])) };
  },
  reference({ inputs: { x, rois }, attributes: a, outputs }) {
    const y = Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) => {
      const values = pixelsOf(x, rois, a, i).map(({ at, weight }) => weight * (x.data[at] as number));
      if (a.mode === 'max') return values.length === 0 ? 0 : Math.max(...values);
      return values.reduce((sum, value) => sum + value, 0);
    });
    return { y };
  },
  explain({ inputs: { x, rois }, attributes: a, index }) {
    const terms = pixelsOf(x, rois, a, index).map(({ at, weight }) => {
      const factor = factorOf('x', x, at);
      return { value: weight * factor.value, factors: [factor], label: `weight ${weight}` };
    });
    if (a.mode === 'avg') return explainSum(terms, `Σ weight·x over ${terms.length} pixels`);
    if (terms.length === 0)
      return { by: 'function', terms: [{ value: 0, factors: [] }], result: 0, text: 'nothing is seen: 0' };
    const result = Math.max(...terms.map(({ value }) => value));
    return { by: 'max', terms, result, text: `max of weight·x over ${terms.length} pixels = ${say(result)}` };
  },
  flops({ inputs: { x }, outputs, attributes: a }) {
    const [rows, columns] = roomOf(a, x.shape);
    return 8 * numel(outputs.y.shape) * rows * columns;
  },
  onnx: {
    op: 'RoiAlign',
    attributes: {
      spatial_scale: 'spatial_scale',
      sampling_ratio: 'sampling_ratio',
      aligned: 'coordinate_transformation_mode',
      mode: 'mode',
    },
  },
  pytorch: 'torchvision.ops.roi_align',
  samples: [
    {
      attributes: { output_size: 2, sampling_ratio: 2, spatial_scale: 4, mode: 'max' },
      inputs: { x: [1, 2, 4, 5], rois: { shape: [2, 5], low: 0.1, high: 0.9 } },
    },
    {
      attributes: { output_size: 2, sampling_ratio: 2, spatial_scale: 4 },
      inputs: { x: [1, 2, 4, 5], rois: { shape: [2, 5], low: 0.1, high: 0.9 } },
    },
    {
      attributes: { output_size: [2, 1], aligned: true, spatial_scale: 4 },
      inputs: { x: [2, 1, 3, 4], rois: { shape: [3, 5], low: 0.1, high: 1.9 } },
    },
  ],
});
