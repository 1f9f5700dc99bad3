// How a parameter, a state or a slot gets its first value, as data. Drawn by counter-based streams named after the tensor,
// so that adding a node changes nobody else's numbers.
import type { DType } from '../tensor/dtype.ts';
import { createRandom } from '../tensor/random.ts';
import { numel, type Shape } from '../tensor/shape.ts';

export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** Normal, drawn again while further than two standard deviations from the mean. */
  | { readonly kind: 'truncated_normal'; readonly mean: number; readonly std: number }
  /** Rows × columns with orthonormal rows, or columns where there are fewer of them, times `gain`. */
  | { readonly kind: 'orthogonal'; readonly rows: number; readonly columns: number; readonly gain: number }
  /** Output i copies input i: 1 on the diagonal of the first two dimensions, in the middle of the others. */
  | { readonly kind: 'identity'; readonly shape: Shape };

export const zeros: Initializer = { kind: 'constant', value: 0 };
export const ones: Initializer = { kind: 'constant', value: 1 };

/** PyTorch's default of linear, conv and recurrent layers: uniform in ±1/√fanIn. */
export function uniformFan(fanIn: number): Initializer {
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  return { kind: 'uniform', low: -bound, high: bound };
}

/** Xavier (Glorot & Bengio 2010): uniform with variance 2/(fanIn + fanOut). */
export function xavierUniform(fanIn: number, fanOut: number): Initializer {
  const bound = Math.sqrt(6 / Math.max(1, fanIn + fanOut));
  return { kind: 'uniform', low: -bound, high: bound };
}

/** Glorot & Bengio 2010: normal with variance 2/(fanIn + fanOut). */
export function xavierNormal(fanIn: number, fanOut: number): Initializer {
  return { kind: 'normal', mean: 0, std: Math.sqrt(2 / Math.max(1, fanIn + fanOut)) };
}

/** He et al. 2015: normal with variance 2/fan, for ReLU. */
export function heNormal(fan: number): Initializer {
  return { kind: 'normal', mean: 0, std: Math.sqrt(2 / Math.max(1, fan)) };
}

/** The same variance, uniform. */
export function heUniform(fan: number): Initializer {
  const bound = Math.sqrt(6 / Math.max(1, fan));
  return { kind: 'uniform', low: -bound, high: bound };
}

/** LeCun et al. 1998: variance 1/fanIn, for tanh and SELU. */
export function lecunNormal(fanIn: number): Initializer {
  return { kind: 'normal', mean: 0, std: Math.sqrt(1 / Math.max(1, fanIn)) };
}

/** The same variance, uniform. */
export function lecunUniform(fanIn: number): Initializer {
  const bound = Math.sqrt(3 / Math.max(1, fanIn));
  return { kind: 'uniform', low: -bound, high: bound };
}

/**
 * Saxe et al. 2014: `rows` × `columns` normal numbers, each vector made orthogonal to those before it, twice, since once
 * leaves rounding errors.
 */
function orthogonal(rows: number, columns: number, gain: number, draw: () => number): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, draw));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  for (const [k, vector] of vectors.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors.slice(0, k)) {
        const share = dot(vector, other);
        for (let i = 0; i < length; i++) vector[i] = (vector[i] as number) - share * (other[i] as number);
      }
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < length; i++) vector[i] = (vector[i] as number) / norm;
  }
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const [vector, i] = rows <= columns ? [row, column] : [column, row];
    return gain * (vectors[vector]?.[i] as number);
  });
}

function identityOf([rows = 1, columns = 1, ...rest]: Shape): Float64Array {
  const inner = numel(rest);
  const middle = rest.reduce((at, size) => at * size + Math.floor(size / 2), 0);
  const out = new Float64Array(rows * columns * inner);
  for (let i = 0; i < Math.min(rows, columns); i++) out[(i * columns + i) * inner + middle] = 1;
  return out;
}

/** Fills `out` with the initial value of the tensor called `name`. */
export function initialize(init: Initializer, seed: number, name: string, out: Float32Array | Int32Array): void {
  switch (init.kind) {
    case 'constant':
      out.fill(init.value);
      return;
    case 'values':
      out.set(init.values);
      return;
    case 'identity':
      out.set(identityOf(init.shape));
      return;
    case 'orthogonal': {
      const random = createRandom(seed, name);
      out.set(orthogonal(init.rows, init.columns, init.gain, () => random.normal()));
      return;
    }
    case 'truncated_normal': {
      const random = createRandom(seed, name);
      for (let i = 0; i < out.length; i++) {
        let drawn = random.normal();
        while (Math.abs(drawn) > 2) drawn = random.normal();
        out[i] = init.mean + init.std * drawn;
      }
      return;
    }
    case 'normal':
    case 'uniform': {
      const random = createRandom(seed, name);
      for (let i = 0; i < out.length; i++) {
        out[i] = init.kind === 'normal' ? init.mean + init.std * random.normal() : random.between(init.low, init.high);
      }
    }
  }
}

/** A tensor that persists between iterations: what it is and how it starts. */
export interface PersistentSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly init: Initializer;
}

/** Elements of a parameter, state or slot. */
export function elementCount(spec: PersistentSpec): number {
  return numel(spec.shape);
}
