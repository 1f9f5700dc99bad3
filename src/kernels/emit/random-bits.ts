// The integer hash of tensor/random.ts as code: bit for bit the same numbers.
import type { Code } from '../encoder/code.ts';
import type { Local } from '../encoder/function.ts';
import { i32, i32x4, v128 } from '../encoder/instructions.ts';
import type { VectorBlock } from './vector-block.ts';

const multipliers = [0x7feb352d, 0x846ca68b] as const;

/** mix32 of one i32; `x` is a scratch local. */
export function mixScalar(x: Local, value: Code): Code {
  const xorShift = (count: number) => x.set(i32.xor(x.get, i32.shrU(x.get, i32.const(count))));
  const multiply = (by: number) => x.set(i32.mul(x.get, i32.const(by)));
  return [x.set(value), xorShift(16), multiply(multipliers[0]), xorShift(15), multiply(multipliers[1]), xorShift(16)];
}

/** mix32 of four lanes. */
function mixVector(b: VectorBlock, value: Code): Code {
  const xorShift = (x: Code, count: number) => v128.xor(x, i32x4.shrU(x, i32.const(count)));
  const first = b.hold(i32x4.mul(xorShift(b.hold(value), 16), b.bits(multipliers[0])));
  const second = b.hold(i32x4.mul(xorShift(first, 15), b.bits(multipliers[1])));
  return xorShift(second, 16);
}

/** randomBits of four indices; `keys` holds the key in every lane, `offsets` its product with `keyFactor`. */
export function randomLanes(b: VectorBlock, index: Code, keys: Code, offsets: Code): Code {
  return mixVector(b, i32x4.add(mixVector(b, v128.xor(index, keys)), offsets));
}

export const keyFactor = 0x9e3779b9;
