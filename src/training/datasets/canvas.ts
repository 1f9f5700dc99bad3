// The memory in which pictures are drawn one after the other, and what ends each: grain. Painters write numbers in double; a
// picture is rounded once, when it is done.

import type { FunctionCode } from '../../kernels/encoder/code.ts';
import { moduleOf } from '../../kernels/encoder/module.ts';
import { grainCode } from './picture-code.ts';

export interface Canvas {
  /** The picture as it is painted, 0 … 1 and a little beyond. */
  readonly plain: Float64Array;
  /** Numbers for painters to work with, zeros at first. */
  room(count: number): Float64Array;
  /** Generated code on the memory that these arrays are of: addresses are their byte offsets. */
  run(code: FunctionCode): (...numbers: number[]) => void;
  /** Writes the picture to `offset` of `out`, each number with the grain of `key`, bounded by 0 and 1. `strength`: deviation of grain. */
  finish(key: number, strength: number, out: Float32Array | Int32Array, offset: number): void;
}

/** Bytes for painters, beside the picture. */
const roomBytes = 32_768;
const pageBytes = 65_536;

/** `size`: numbers of a picture. */
export function createCanvas(size: number): Canvas {
  // Code takes four at a time.
  const count = Math.ceil(size / 4) * 4;
  const pages = Math.ceil((count * 12 + roomBytes) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  let used = 0;
  const take = (bytes: number) => {
    const at = used;
    used += Math.ceil(bytes / 16) * 16;
    return at;
  };
  const run = (code: FunctionCode) => {
    const module = new WebAssembly.Module(moduleOf([code], { shared: false }));
    return new WebAssembly.Instance(module, { env: { memory } }).exports['0'] as (...numbers: number[]) => void;
  };
  const plain = new Float64Array(memory.buffer, take(count * 8), size);
  const rounded = new Float32Array(memory.buffer, take(count * 4), size);
  const addGrain = run(grainCode());
  return {
    plain,
    room: (numbers) => new Float64Array(memory.buffer, take(numbers * 8), numbers),
    run,
    finish(key, strength, out, offset) {
      addGrain(plain.byteOffset, rounded.byteOffset, count, key, strength);
      out.set(rounded, offset);
    },
  };
}
