// Resize along one axis, as ONNX computes it: where each output lies among the inputs, and which of them it takes or blends.
// Positions as in the specification of Resize-19; edges repeat.

export interface Resampling {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /** coordinate_transformation_mode */
  readonly coordinates: string;
  /** nearest_mode; `simple` is what operator sets below 11 do. */
  readonly nearest: string;
  readonly cubicA: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

export interface Axis {
  /** Sizes before and after. */
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Of tf_crop_and_resize, as shares of the axis. */
  readonly roi: readonly [number, number];
}

/** Position of output `i` among the inputs; NaN: outside of what is cropped from, so that a fixed value stands there. */
export function positionOf(coordinates: string, { from, to, scale, roi: [start, end] }: Axis, i: number): number {
  const width = scale * from;
  switch (coordinates) {
    case 'align_corners':
      return width > 1 ? (i * (from - 1)) / (width - 1) : 0;
    case 'asymmetric':
      return i / scale;
    case 'pytorch_half_pixel':
      return to > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case 'half_pixel_symmetric':
      return (from / 2) * (1 - to / width) + (i + 0.5) / scale - 0.5;
    case 'tf_crop_and_resize': {
      const step = width > 1 ? (i * (end - start) * (from - 1)) / (width - 1) : ((end - start) * (from - 1)) / 2;
      const at = step + start * (from - 1);
      return at < 0 || at > from - 1 ? Number.NaN : at;
    }
    default:
      return (i + 0.5) / scale - 0.5;
  }
}

/** The input that output at position `at` repeats. */
export function nearestTo(at: number, { nearest }: Resampling, { from, scale }: Axis): number {
  const rounded =
    {
      floor: Math.floor,
      ceil: Math.ceil,
      round_prefer_ceil: (x: number) => Math.floor(x + 0.5),
      simple: scale < 1 ? Math.ceil : Math.floor,
    }[nearest] ?? ((x: number) => Math.ceil(x - 0.5));
  return Math.min(from - 1, Math.max(0, rounded(at)));
}

/** Weights of all inputs for each output, row by row; outputs outside have none. */
export function weightsOf(rule: Resampling, axis: Axis): Float32Array {
  const { from, to } = axis;
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = positionOf(rule.coordinates, axis, i);
    if (Number.isNaN(at)) continue;
    const { first, taps } = tapsOf(rule, axis.scale, at);
    const inside = taps.map((tap, k) => (rule.excludeOutside && (first + k < 0 || first + k >= from) ? 0 : tap));
    const sum = rule.excludeOutside ? inside.reduce((total, tap) => total + tap, 0) : 1;
    inside.forEach((tap, k) => {
      const source = Math.min(from - 1, Math.max(0, first + k));
      weights[i * from + source] = (weights[i * from + source] as number) + tap / (sum === 0 ? 1 : sum);
    });
  }
  return weights;
}

/** Weights of consecutive inputs from `first` on. */
function tapsOf(
  rule: Resampling,
  scale: number,
  at: number,
): { readonly first: number; readonly taps: readonly number[] } {
  const cubic = rule.mode === 'cubic';
  const kernel = cubic ? (x: number) => cubicKernel(x, rule.cubicA) : (x: number) => Math.max(0, 1 - Math.abs(x));
  // Filters widen where the picture shrinks, and only then.
  const shrink = rule.antialias ? Math.min(1, scale) : 1;
  const reach = (cubic ? 2 : 1) / shrink;
  const first = Math.floor(at - reach) + 1;
  const count = Math.ceil(at + reach) - first;
  const taps = Array.from({ length: Math.max(1, count) }, (_, k) => kernel((first + k - at) * shrink));
  if (!rule.antialias) return { first, taps };
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return { first, taps: taps.map((tap) => tap / sum) };
}

/** Keys 1981, with the coefficient a. */
function cubicKernel(given: number, a: number): number {
  const x = Math.abs(given);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
