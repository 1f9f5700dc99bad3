// How one buffer (or coordinate) feeds or takes vectors along the innermost axis: whole vectors where neighbours are adjacent,
// one splat where a number repeats, single lanes otherwise.
import type { DType } from '../../tensor/dtype.ts';
import type { Code } from '../encoder/code.ts';
import type { Local } from '../encoder/function.ts';
import { f32x4, i32, i32x4, v128 } from '../encoder/instructions.ts';

export interface Stream {
  readonly kind: DType | 'coord';
  /** Elements (or coordinate steps) between neighbouring lanes. */
  readonly stride: number;
  /** Address of the first lane; of a coordinate its value. */
  readonly at: Local;
}

/** Lanes handled at once: a vector, or one element in lane 0. */
export type Width = 4 | 1;

const lanes = [0, 1, 2, 3] as const;

/** 32-bit lanes as they lie in memory, `vector` vectors and `bytes` (not negative) after the pointer. */
export function loadRaw({ stride, at }: Stream, width: Width, vector = 0, bytes = 0): Code {
  if (stride === 0 || width === 1) return v128.load32Splat(at.get, bytes);
  const first = 16 * vector * stride + bytes;
  if (stride === 1) return v128.load(at.get, first);
  // The last of these eight elements may lie past the end of the buffer, in its padding.
  if (stride === 2) return v128.shuffle32(v128.load(at.get, first), v128.load(at.get, first + 16), [0, 2, 4, 6]);
  if (stride === -1) {
    const loaded = v128.load(before(at, first - 12));
    return v128.shuffle32(loaded, loaded, [3, 2, 1, 0]);
  }
  const base = stride < 0 ? before(at, first + 12 * stride) : at.get;
  const offset = (lane: number) => (stride < 0 ? 4 * stride * (lane - 3) : first + 4 * stride * lane);
  return [1, 2, 3].reduce<Code>(
    (vector, lane) => v128.load32Lane(base, vector, lane, offset(lane)),
    v128.load32Zero(base, offset(0)),
  );
}

function before(at: Local, distance: number): Code {
  return distance === 0 ? at.get : i32.add(at.get, i32.const(distance));
}

/** The lanes as float32. */
export function loadNumbers(stream: Stream, width: Width, vector = 0): Code {
  const { kind, stride, at } = stream;
  if (kind === 'float32') return loadRaw(stream, width, vector);
  if (kind === 'int32') return f32x4.convertI32x4S(loadRaw(stream, width, vector));
  const first = i32x4.splat(at.get);
  if (stride === 0 || width === 1) return f32x4.convertI32x4S(first);
  const [a, b, c, d] = lanes.map((lane) => (4 * vector + lane) * stride) as [number, number, number, number];
  return f32x4.convertI32x4S(i32x4.add(first, i32x4.const(a, b, c, d)));
}

/** Stores 32-bit lanes; `value` stands for one use where the stride is 1. */
export function storeRaw({ stride, at }: Stream, value: Code, width: Width, vector = 0, spare?: Local): Code {
  if (width === 1) return v128.store32Lane(at.get, value, 0);
  const first = 16 * vector * stride;
  if (stride === 1) return v128.store(at.get, value, first);
  if (stride === -1) return v128.store(before(at, first - 12), reversed(value, spare as Local));
  const base = stride < 0 ? before(at, first + 12 * stride) : at.get;
  const offset = (lane: number) => (stride < 0 ? 4 * stride * (lane - 3) : first + 4 * stride * lane);
  const held = spare as Local;
  return [held.set(value), lanes.map((lane) => v128.store32Lane(base, held.get, lane, offset(lane)))];
}

function reversed(value: Code, spare: Local): Code {
  return [spare.set(value), v128.shuffle32(spare.get, spare.get, [3, 2, 1, 0])];
}

/** Converts to the buffer's type: int32 truncates towards 0 and saturates. */
export function toRaw(kind: DType, value: Code): Code {
  return kind === 'int32' ? i32x4.truncSatF32x4S(value) : value;
}
