// How a parameter, a state or a slot gets its first value, as data. Drawn by counter-based streams named after the tensor,
// so that adding a node changes nobody else's numbers.
import type { DType } from '../tensor/dtype.ts';
import { createRandom } from '../tensor/random.ts';
import { numel, type Shape } from '../tensor/shape.ts';

export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number };

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

export function xavierNormal(fanIn: number, fanOut: number): Initializer {
  return { kind: 'normal', mean: 0, std: Math.sqrt(2 / Math.max(1, fanIn + fanOut)) };
}

/** He et al. 2015: normal with variance 2/fanIn, for ReLU. */
export function heNormal(fanIn: number): Initializer {
  return { kind: 'normal', mean: 0, std: Math.sqrt(2 / Math.max(1, fanIn)) };
}

export function heUniform(fanIn: number): Initializer {
  const bound = Math.sqrt(6 / Math.max(1, fanIn));
  return { kind: 'uniform', low: -bound, high: bound };
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

export function elementCount(spec: PersistentSpec): number {
  return numel(spec.shape);
}
