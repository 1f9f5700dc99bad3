// Random numbers of one example: restarted per example and kept between examples, so that drawing pictures allocates nothing.
import { cosine, logarithm } from '../../tensor/elementary.ts';
import { randomBits, uniformAt } from '../../tensor/random.ts';

export interface ExampleRandom {
  /** Begins example `index` of the stream `key` (see streamKey): the same pair always draws the same numbers. */
  restart(key: number, index: number): void;
  uniform(): number;
  between(low: number, high: number): number;
  integer(count: number): number;
  normal(): number;
  /** Uniform in [−1, 1) for a place, the same at each call within an example. */
  atPlace(place: number): number;
  /** Of the example: for numbers that are drawn apart from those above. */
  readonly key: number;
}

/** To be restarted for each example: its numbers depend on stream and index alone. */
export function createExampleRandom(): ExampleRandom {
  let key = 0;
  let drawn = 0;
  const uniform = () => uniformAt(key, drawn++);
  return {
    restart(streamKey, index) {
      key = randomBits(streamKey, index);
      drawn = 0;
    },
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    integer: (count) => Math.floor(uniform() * count),
    normal: () => {
      const radius = Math.sqrt(-2 * logarithm(1 - uniform()));
      return radius * cosine(2 * Math.PI * uniform());
    },
    atPlace: (place) => uniformAt(key, 0x10000 + place) * 2 - 1,
    get key() {
      return key;
    },
  };
}

/**
 * The class of example `index` when every ten (`classes`) examples in a row hold each class once, in an order of their own:
 * an affine permutation, so it can be told without drawing the others.
 */
export function balancedClass(key: number, index: number, classes: number): number {
  const block = Math.floor(index / classes);
  const place = index - block * classes;
  const bits = randomBits(key, block) >>> 0;
  let step = 1 + (bits % classes);
  while (greatestCommonDivisor(step, classes) !== 1) step++;
  return (place * step + ((bits >>> 8) % classes)) % classes;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
