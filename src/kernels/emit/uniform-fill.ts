// Uniform random numbers into memory: the bits that tensor/random.ts gives one by one, four at a time. No kernel of plans: large
// networks draw a hundred million parameters before their first step.
import type { Code, FunctionCode } from '../encoder/code.ts';
import { defineFunction, locals } from '../encoder/function.ts';
import { f64x2, i32, i32x4, v128 } from '../encoder/instructions.ts';
import { whileAtLeast } from './iteration.ts';
import { keyFactor, randomLanes } from './random-bits.ts';
import { createBlockPool } from './vector-block.ts';

/** (address, count, key, low, width · 2^-24): element i = low + width · uniformAt(key, i), in double, then rounded. */
export function uniformFill(): FunctionCode {
  return defineFunction('uniform fill', ['i32', 'i32', 'i32', 'f64', 'f64'], (p, local) => {
    const [at, left, key, low, scale] = p;
    const [keys, offsets, index, lows, scales] = locals(local, 'v128', 5);
    const pool = createBlockPool(local, false);
    const b = pool.begin();
    const drawn = b.hold(i32x4.shrU(randomLanes(b, index.get, keys.get, offsets.get), i32.const(8)));
    const pair = (whole: Code) =>
      f64x2.demoteZero(f64x2.add(lows.get, f64x2.mul(scales.get, f64x2.convertLowI32x4S(whole))));
    const upper = v128.shuffle32(drawn, drawn, [2, 3, 2, 3]);
    const numbers = v128.shuffle32(pair(drawn), pair(upper), [0, 1, 4, 5]);
    const points = (store: (value: Code) => Code, count: number): Code => [
      b.statements(),
      store(numbers),
      index.set(i32x4.add(index.get, b.bits(count))),
      at.set(i32.add(at.get, i32.const(4 * count))),
    ];
    const vectors = points((value) => v128.store(at.get, value), 4);
    const single = points((value) => v128.store32Lane(at.get, value, 0), 1);
    return [
      keys.set(i32x4.splat(key.get)),
      offsets.set(i32x4.splat(i32.mul(key.get, i32.const(keyFactor)))),
      lows.set(f64x2.splat(low.get)),
      scales.set(f64x2.splat(scale.get)),
      index.set(i32x4.const(0, 1, 2, 3)),
      pool.prologue(),
      whileAtLeast(left, 4, vectors),
      whileAtLeast(left, 1, single),
    ];
  });
}
