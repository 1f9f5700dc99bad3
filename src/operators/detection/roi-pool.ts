// roi_pool: regions of any size, pooled to one size.  Formula  y[k,c,i,j] = max of x[n_k,c] over bin (i, j), 0 where it is empty
// Shapes  x f32[N,C,H,W]  rois f32[K,5] rows batch index, x1, y1, x2, y2  y f32[K,C,H',W']
// Errors  E_ROIS                                  Gradient  dx: dy to the winner, among equals the first in row-major order; none to the rois
// Source  Girshick 2015 (Fast R-CNN); torchvision.ops.roi_pool, ONNX MaxRoiPool-1: corners rounded, size end − start + 1, bins ⌊⌋ … ⌈⌉
// Cost    W'·H·W + W'·H·H' comparisons a region and channel
import { z } from 'zod';
import { insertAxis, type Operand, type Ref, selectIndex } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { pairOf } from '../convolution/window.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { winner } from '../pooling/max-windows.ts';
import { factorOf, say } from '../support/explain.ts';
import { shaped } from '../support/shaped.ts';
import { oneOutput } from '../support/unary.ts';
import { inferRegions, regionAttributes, regionInputs, regionShapes } from './regions.ts';

const attributes = z.strictObject(regionAttributes);
type Attributes = z.output<typeof attributes>;

/** Below every float32. */
const lowest = -3.4028234663852886e38;
const beyond = 2 ** 30;

/** Half away from zero, as C rounds. */
function roundLine(e: ExpressionBuilder, x: Line): Line {
  return e.mul(e.sign(x), e.floor(e.add(e.abs(x), e.constant(0.5))));
}

function round(x: number): number {
  return Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
}

/** 1 where pixel `at` of a line lies in bin `bin`. */
function emitInside(
  e: ExpressionBuilder,
  scale: number,
  bins: number,
  { from, to, bin, at }: { readonly from: Line; readonly to: Line; readonly bin: Line; readonly at: Line },
): Line {
  const start = roundLine(e, e.mul(from, e.constant(scale)));
  const end = roundLine(e, e.mul(to, e.constant(scale)));
  const size = e.max(e.add(e.sub(end, start), e.constant(1)), e.constant(1));
  const length = e.div(size, e.constant(bins));
  const first = e.add(e.floor(e.mul(bin, length)), start);
  const past = e.sub(start, e.floor(e.neg(e.mul(e.add(bin, e.constant(1)), length))));
  return e.and(e.ge(at, first), e.lt(at, past));
}

/** The largest of each bin and its position in the plane, as [K, C, H', W']; first along rows, then along columns. */
function emitWinners(emit: Emitter, maps: Ref, rois: Ref, a: Attributes): { readonly y: Ref; readonly place: Ref } {
  const width = maps.shape[3] as number;
  const [rows, columns] = pairOf(a.output_size);
  const edge = (index: number): Operand => {
    let operand: Operand = selectIndex(rois, 1, index);
    for (let axis = 1; axis < 5; axis++) operand = insertAxis(operand, axis);
    return operand;
  };
  // [K, C, H, W', W], folded over the last axis.
  const horizontal = [insertAxis(maps, 3), edge(1), edge(3)];
  const grid = emit.map([], (e) => e.coordinate(0), { shape: [columns, 1] });
  const insideRow = (e: ExpressionBuilder, from: Line, to: Line, bin: Line) =>
    emitInside(e, a.spatial_scale, columns, { from, to, bin, at: e.coordinate(4) });
  const best = emit.reduce([...horizontal, grid], {
    axes: [4],
    by: 'max',
    value: (e, v, from, to, bin) => e.select(insideRow(e, from, to, bin), v, e.constant(lowest)),
  });
  const column = emit.reduce([...horizontal, grid, insertAxis(best, 4)], {
    axes: [4],
    by: 'min',
    value: (e, v, from, to, bin, most) =>
      e.select(e.and(insideRow(e, from, to, bin), e.eq(v, most)), e.coordinate(4), e.constant(beyond)),
  });
  // [K, C, H', H, W'], folded over H.
  const vertical = [insertAxis(best, 2), edge(2), edge(4)];
  const lines = emit.map([], (e) => e.coordinate(0), { shape: [rows, 1, 1] });
  const insideColumn = (e: ExpressionBuilder, from: Line, to: Line, bin: Line) =>
    emitInside(e, a.spatial_scale, rows, { from, to, bin, at: e.coordinate(3) });
  const largest = emit.reduce([...vertical, lines], {
    axes: [3],
    by: 'max',
    value: (e, v, from, to, bin) => e.select(insideColumn(e, from, to, bin), v, e.constant(lowest)),
  });
  const place = emit.reduce([...vertical, lines, insertAxis(largest, 3), insertAxis(column, 2)], {
    axes: [3],
    by: 'min',
    value: (e, v, from, to, bin, most, x) => {
      const hit = e.and(insideColumn(e, from, to, bin), e.and(e.eq(v, most), e.lt(x, e.constant(width))));
      return e.select(hit, e.add(e.mul(e.coordinate(3), e.constant(width)), x), e.constant(beyond));
    },
  });
  const empty = (e: ExpressionBuilder, at: Line) => e.ge(at, e.constant(beyond));
  return {
    y: emit.map([largest, place], (e, v, at) => e.select(empty(e, at), e.constant(0), v)),
    place: emit.map([place], (e, at) => e.select(empty(e, at), e.constant(-1), at), { dtype: 'int32' }),
  };
}

/** Flat positions in x of the bin that makes element `index` of y. */
function binOf(x: ReferenceTensor, rois: ReferenceTensor, a: Attributes, index: number): number[] {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [rows, columns] = pairOf(a.output_size);
  const c = Math.floor(index / (rows * columns)) % channels;
  const [image = 0, ...edges] = rois.data.slice(5 * Math.floor(index / (rows * columns * channels)));
  const [x1, y1, x2, y2] = edges.slice(0, 4).map((edge) => round(edge * a.spatial_scale)) as [
    number,
    number,
    number,
    number,
  ];
  const plane = Math.floor(image);
  if (plane < 0 || plane >= batch) return [];
  const line = (from: number, to: number, bin: number, bins: number, pixels: number) => {
    const length = Math.max(to - from + 1, 1) / bins;
    const [first, past] = [Math.floor(bin * length) + from, Math.ceil((bin + 1) * length) + from];
    return Array.from({ length: pixels }, (_, at) => at).filter((at) => at >= first && at < past);
  };
  const across = line(x1, x2, index % columns, columns, width);
  return line(y1, y2, Math.floor(index / columns) % rows, rows, height).flatMap((row) =>
    across.map((column) => ((plane * channels + c) * height + row) * width + column),
  );
}

/** Which map each region looks at. */
function imagesOf(emit: Emitter, rois: Ref): Ref {
  return emit.map([selectIndex(rois, 1, 0)], (e, image) => e.floor(image), { dtype: 'int32' });
}

export const roiPool = defineOperator({
  id: 'roi_pool',
  family: 'detection',
  title: 'RoI pool',
  summary: 'Cuts regions of any size out of feature maps and max-pools them to one size.',
  formula: 'y_{k,c,i,j} = \\max_{p \\in \\mathrm{bin}_{ij}} x_{n_k,c,p}',
  gradientFormula:
    'dx_{n_k,c,p} = \\sum_{k,i,j} dy_{k,c,i,j}\\, [p = \\operatorname*{arg\\,max}_{\\mathrm{bin}_{ij}} x_{n_k,c}]',
  gradientNote: 'Kink where several are largest: the first in row-major order takes it. None to the regions.',
  shapes: regionShapes,
  source: 'Girshick 2015 (arXiv:1504.08083); torchvision.ops.roi_pool; ONNX MaxRoiPool',
  keywords: ['region of interest', 'detection', 'fast r-cnn', 'max pool'],
  inputs: regionInputs,
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  infer: inferRegions,
  forward({ emit, inputs: { x, rois }, attributes: a }) {
    const images = imagesOf(emit, rois);
    const { y, place } = emitWinners(emit, emit.gather(x, 0, images), rois, a);
    return { outputs: { y }, saved: { images, place } };
  },
  gradient({ emit, inputs: { x }, outputs: { y }, cotangents, saved, needs }) {
    if (!needs('x')) return {};
    const [regions, channels, ...bins] = y.shape as [number, number, number, number];
    const maps: Shape = [regions, channels, ...x.shape.slice(2)];
    const geometry = {
      planes: regions * channels,
      inSize: [x.shape[2] as number, x.shape[3] as number],
      outSize: bins,
      kernel: [1, 1],
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
    } as const;
    const dMaps = shaped(emit, emit.maxPool2dGrad(geometry, cotangents.y, saved('place'), maps), maps);
    return { x: emit.scatterAdd(dMaps, 0, saved('images'), x.shape) };
  },
  reference({ inputs: { x, rois }, attributes: a, outputs }) {
    const y = Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) => {
      const bin = binOf(x, rois, a, i);
      return bin.length === 0 ? 0 : (x.data[winner(x.data, bin)] as number);
    });
    return { y };
  },
  explain({ inputs: { x, rois }, attributes: a, index }) {
    const bin = binOf(x, rois, a, index);
    if (bin.length === 0)
      return { by: 'function', terms: [{ value: 0, factors: [] }], result: 0, text: 'an empty bin: 0' };
    const terms = bin.map((at) => ({ value: x.data[at] as number, factors: [factorOf('x', x, at)] }));
    const result = x.data[winner(x.data, bin)] as number;
    return { by: 'max', terms, result, text: `max of ${bin.length} pixels = ${say(result)}` };
  },
  flops({ inputs: { x }, outputs: { y } }) {
    const [regions, channels, rows, columns] = y.shape as [number, number, number, number];
    const [height, width] = x.shape.slice(2) as [number, number];
    return regions * channels * columns * height * (width + rows);
  },
  onnx: { op: 'MaxRoiPool', attributes: { output_size: 'pooled_shape', spatial_scale: 'spatial_scale' } },
  pytorch: 'torchvision.ops.roi_pool',
  samples: [
    {
      attributes: { output_size: 2, spatial_scale: 4 },
      inputs: { x: [1, 2, 4, 5], rois: { shape: [2, 5], low: 0.1, high: 0.9 } },
    },
    {
      attributes: { output_size: [3, 2], spatial_scale: 2 },
      inputs: { x: [2, 2, 3, 4], rois: { shape: [3, 5], low: 0.1, high: 1.9 } },
    },
  ],
});
