// Resize and Upsample: our two upsamplings where they compute the same; else axis by axis, taking elements (nearest) or
// multiplying with a matrix of weights. Every coordinate rule and filter is in resize-lines.ts.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { type Axis, nearestTo, positionOf, type Resampling, weightsOf } from './resize-lines.ts';

interface Resize {
  readonly rule: Resampling;
  /** One for each axis of x; null: it stays as it is. */
  readonly axes: readonly (Axis | null)[];
  /** Were the factors given, and not the sizes? */
  readonly byScales: boolean;
  readonly extrapolation: number;
}

/** Most weights of one axis: they are written into the graph. */
const mostWeights = 1 << 20;

const coordinateRules = new Set([
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize',
]);

export const resizeForm: OnnxForm = {
  op: 'Resize',
  read(context) {
    if (context.opset < 11) {
      readResize(context, plainResize(context, context.decisive(1)));
      return;
    }
    const coordinates = context.text('coordinate_transformation_mode', 'half_pixel');
    if (!coordinateRules.has(coordinates))
      context.fail(`coordinate_transformation_mode ${coordinates} is not supported`);
    const rule: Resampling = {
      mode: modeOf(context),
      coordinates,
      nearest: context.text('nearest_mode', 'round_prefer_floor'),
      cubicA: context.float('cubic_coeff_a', -0.75),
      excludeOutside: context.int('exclude_outside', 0) !== 0,
      antialias: context.int('antialias', 0) !== 0,
    };
    const later = sizedLater(context, rule);
    if (later) {
      const size = context.value('slice', { x: context.wire(3) }, { starts: [2], ends: [4] });
      context.result(later.operator, { x: context.wire(0), size }, later.attributes);
      return;
    }
    const scales = context.given(2) ? context.decisive(2) : [];
    const byScales = scales.length > 0;
    const axes = axesOf(context, byScales ? scales : null);
    readResize(context, { rule, axes, byScales, extrapolation: context.float('extrapolation_value', 0) });
  },
};

/** Scales are an attribute of operator sets below 9. */
export const upsampleForm: OnnxForm = {
  op: 'Upsample',
  read: (context) => readResize(context, plainResize(context, context.floats('scales') ?? context.decisive(1))),
};

/** Our operator for pictures whose sizes are known only when the graph is compiled, where it computes the same for all. */
function sizedLater(context: ReadContext, rule: Resampling) {
  if (!context.given(3) || context.has('axes') || context.rank(0) !== 4) return null;
  const sizes = context.partlyKnown(3);
  if (sizes && !sizes.slice(2).includes(null)) return null;
  const plain = context.text('keep_aspect_ratio_policy', 'stretch') === 'stretch' && !rule.antialias;
  if (!plain || context.type(0).dtype !== 'float32') return null;
  const { mode, coordinates } = rule;
  if (mode === 'nearest' && coordinates === 'asymmetric' && rule.nearest === 'floor') {
    return { operator: 'upsample_nearest2d', attributes: {} };
  }
  const aligned = coordinates === 'align_corners';
  if (mode !== 'linear' || rule.excludeOutside || !(aligned || coordinates === 'half_pixel')) return null;
  return { operator: 'upsample_bilinear2d', attributes: { align_corners: aligned } };
}

function modeOf(context: ReadContext): Resampling['mode'] {
  const mode = context.text('mode', 'nearest');
  if (mode === 'bilinear') return 'linear';
  if (mode === 'nearest' || mode === 'linear' || mode === 'cubic') return mode;
  return context.fail(`mode ${mode} is not supported`);
}

/** What operator sets below 11 have: factors, and nothing to choose. */
function plainResize(context: ReadContext, scales: readonly number[]): Resize {
  const rule = { coordinates: 'asymmetric', nearest: 'simple', cubicA: 0, excludeOutside: false, antialias: false };
  const axes = context.sizes(0).map((from, i) => axisOf(context, from, scales[i] ?? 1));
  return { rule: { ...rule, mode: modeOf(context) }, axes, byScales: true, extrapolation: 0 };
}

function axisOf(context: ReadContext, from: number | null, scale: number): Axis | null {
  if (scale === 1) return null;
  if (from === null) return context.fail('the batch cannot be resized');
  return { from, to: Math.floor(from * scale), scale, roi: [0, 1] };
}

function axesOf(context: ReadContext, scales: readonly number[] | null): (Axis | null)[] {
  const sizes = context.sizes(0);
  const rank = sizes.length;
  const chosen = (context.ints('axes') ?? [...sizes.keys()]).map((axis) => (axis < 0 ? axis + rank : axis));
  const regions = context.given(1) ? context.decisive(1) : [];
  // Sizes are often put together from the batch's own and fixed ones.
  const wanted = scales ? undefined : (context.partlyKnown(3) ?? context.decisive(3));
  const policy = context.text('keep_aspect_ratio_policy', 'stretch');
  const axes = new Array<Axis | null>(rank).fill(null);
  const ratios = chosen.map((axis, k) => (wanted?.[k] ?? sizes[axis] ?? 1) / (sizes[axis] ?? wanted?.[k] ?? 1));
  const common = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  for (const [k, axis] of chosen.entries()) {
    const from = sizes[axis] ?? null;
    const roi: [number, number] = [regions[k] ?? 0, regions[k + chosen.length] ?? 1];
    const cropped = roi[0] !== 0 || roi[1] !== 1;
    const size = wanted?.[k] ?? null;
    if (from === null) {
      if ((scales?.[k] ?? 1) !== 1 || size !== null) context.fail('the batch cannot be resized');
      continue;
    }
    if (wanted && size === null) context.fail('a size that follows the batch is not supported');
    const keeps = wanted !== undefined && policy !== 'stretch';
    const scale = scales ? (scales[k] as number) : keeps ? common : (ratios[k] as number);
    const to = scales ? Math.floor(from * scale) : keeps ? Math.floor(scale * from + 0.5) : (size as number);
    if (scale !== 1 || to !== from || cropped) axes[axis] = { from, to, scale, roi };
  }
  return axes;
}

function readResize(context: ReadContext, resize: Resize): void {
  const { axes, rule } = resize;
  if (axes.some((axis) => axis?.to === 0)) context.fail('nothing would be left');
  const known = pictureOperator(context, resize);
  if (known) {
    context.result(known.operator, { x: context.wire(0) }, known.attributes);
    return;
  }
  const changed = axes.flatMap((axis, i) => (axis ? [{ axis, i }] : []));
  if (changed.length === 0) {
    context.same(0, 0);
    return;
  }
  let x = context.wire(0);
  for (const { axis, i } of changed)
    x = rule.mode === 'nearest' ? repeated(context, x, axis, i, rule) : blended(context, x, axis, i, rule);
  if (rule.coordinates === 'tf_crop_and_resize')
    for (const { axis, i } of changed) x = framed(context, x, axis, i, resize);
  context.give(0, x);
}

/** Our operators for pictures, where both axes follow their rules. */
function pictureOperator(context: ReadContext, { rule, axes, byScales }: Resize) {
  const [batch, channels, height, width] = axes;
  const real = context.type(0).dtype === 'float32';
  if (axes.length !== 4 || batch || channels || !height || !width || rule.antialias || !real) return null;
  const both = [height, width];
  const size = byScales ? { scale_factor: both.map(({ scale }) => scale) } : { size: both.map(({ to }) => to) };
  const stretches = byScales || both.every(({ from, to, scale }) => scale === to / from);
  if (rule.mode === 'nearest') {
    const floors = rule.nearest === 'floor' || (rule.nearest === 'simple' && both.every(({ scale }) => scale >= 1));
    const whole = both.every(({ scale }) => Number.isInteger(scale));
    return floors && whole && rule.coordinates === 'asymmetric'
      ? { operator: 'upsample_nearest2d', attributes: size }
      : null;
  }
  if (rule.mode !== 'linear' || !stretches || rule.excludeOutside) return null;
  const aligned = rule.coordinates === 'align_corners' && both.every(({ from, to, scale }) => scale * from === to);
  const plain =
    rule.coordinates === 'half_pixel' || (rule.coordinates === 'pytorch_half_pixel' && both.every(({ to }) => to > 1));
  return aligned || plain ? { operator: 'upsample_bilinear2d', attributes: { ...size, align_corners: aligned } } : null;
}

function repeated(context: ReadContext, x: Wire, axis: Axis, dim: number, rule: Resampling): Wire {
  const places = Array.from({ length: context.bounded(axis.to) }, (_, i) => {
    const at = positionOf(rule.coordinates, axis, i);
    return Number.isNaN(at) ? 0 : nearestTo(at, rule, axis);
  });
  const indices = context.constant({ dtype: 'int32', shape: [axis.to], data: Int32Array.from(places) });
  return context.value('gather', { x, indices }, { dim });
}

/** A product with the weights over the last axis, or from the left over the one before it. */
function blended(context: ReadContext, x: Wire, axis: Axis, dim: number, rule: Resampling): Wire {
  if (axis.to * axis.from > mostWeights) context.fail(`${axis.to}·${axis.from} weights along dimension ${dim}`);
  const numbers = weightsOf(rule, axis);
  const rank = context.rank(0);
  const value = Array.from({ length: axis.to }, (_, i) => [...numbers.subarray(i * axis.from, (i + 1) * axis.from)]);
  const weights = context.value('constant', {}, { value });
  if (dim === rank - 2) return context.value('matmul', { a: weights, b: x });
  const order = [...Array(rank).keys()];
  const swapped = order.with(dim, rank - 1).with(rank - 1, dim);
  const turn = (wire: Wire) => (dim === rank - 1 ? wire : context.value('transpose', { x: wire }, { dims: swapped }));
  const product = { x: turn(x), weight: weights };
  return turn(context.value('linear', product, { out_features: axis.to, bias: false }));
}

/** A fixed value where outputs lie outside of the picture. */
function framed(context: ReadContext, x: Wire, axis: Axis, dim: number, { rule, extrapolation }: Resize): Wire {
  const outside = Array.from({ length: context.bounded(axis.to) }, (_, i) =>
    Number(Number.isNaN(positionOf(rule.coordinates, axis, i))),
  );
  if (!outside.includes(1)) return x;
  const shape = Array.from({ length: context.rank(0) }, (_, i) => (i === dim ? axis.to : 1));
  const condition = context.constant({ dtype: 'int32', shape, data: Int32Array.from(outside) });
  return context.value('where', { condition, a: context.number(extrapolation), b: x });
}
