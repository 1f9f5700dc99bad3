// Counter-based random numbers: every draw is a pure function of (seed, stream, index), so results do not depend on the
// order of drawing. The hash is two rounds of a 32-bit finaliser (constants: C. Wellons' hash prospector, lowbias32),
// made of integer operations only: kernels reproduce it bit for bit.
import { cosine, logarithm } from './elementary.ts';

/** Mixes 32 bits (lowbias32). */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Random 32 bits at `index` of the stream `key` (see streamKey). */
export function randomBits(key: number, index: number): number {
  return mix32(mix32(index ^ key) + Math.imul(key, 0x9e3779b9));
}

/** Uniform in [0, 1) with 24 random bits, exactly representable in float32. */
export function uniformAt(key: number, index: number): number {
  return (randomBits(key, index) >>> 8) * 2 ** -24;
}

/** Key of a named stream: the same (seed, name) always draws the same numbers. FNV-1a over the name, then mixed. */
export function streamKey(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ mix32(seed);
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return mix32(hash);
}

/** A sequential generator over one stream. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform integer in [0, count). */
  integer(count: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
}

/** Draws one after the other from the stream `name` of a seed. */
export function createRandom(seed: number, name: string): Random {
  const key = streamKey(seed, name);
  let index = 0;
  const uniform = () => uniformAt(key, index++);
  return {
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    integer: (count) => Math.floor(uniform() * count),
    normal: () => {
      const radius = Math.sqrt(-2 * logarithm(1 - uniform()));
      return radius * cosine(2 * Math.PI * uniform());
    },
  };
}
