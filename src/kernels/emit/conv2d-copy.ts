// Copies of planes into zero-haloed buffers: single rows, contiguous or every step-th element, by vectors, and never a number
// too many, because the zeros beside them are written only once a call.
import type { Code } from '../encoder/code.ts';
import { forRange } from '../encoder/control.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { i32, v128 } from '../encoder/instructions.ts';
import { at, loadStrided, storeLanes } from './tile.ts';

/** Longest row whose copy is written out, in vectors. */
const unrolledVectors = 8;

export interface RowCopier {
  /** `count` elements `step` apart from `source + sourceOffset` to neighbours at `target + targetOffset` (bytes). */
  copy(source: Code, sourceOffset: number, step: number, target: Code, targetOffset: number, count: number): Code;
}

/** With locals of its own, shared by every copy of a function. */
export function rowCopier(local: NewLocal): RowCopier {
  const from = local('i32');
  const to = local('i32');
  const round = local('i32');
  const held = local('v128');
  return {
    copy(source, sourceOffset, step, target, targetOffset, count) {
      const vector = (base: Code, place: number, first: number): Code => gather(base, place + 4 * step * first, step);
      if (count < 4) {
        if (count <= 0) return [];
        return [
          held.set(loadStrided(source, sourceOffset, 4 * step, count)),
          storeLanes(target, held, count, targetOffset),
        ];
      }
      const whole = Math.floor(count / 4);
      // The last vector overlaps the one before it, so that it ends where the row does.
      const last =
        count % 4 === 0
          ? []
          : v128.store(target, vector(source, sourceOffset, count - 4), targetOffset + 4 * (count - 4));
      if (whole <= unrolledVectors) {
        const vectors = Array.from({ length: whole }, (_, i) =>
          v128.store(target, vector(source, sourceOffset, 4 * i), targetOffset + 16 * i),
        );
        return [vectors, last];
      }
      return [
        from.set(source),
        to.set(target),
        forRange(round, 0, whole, 1, [
          v128.store(to.get, vector(from.get, sourceOffset, 0), targetOffset),
          advance(from, 16 * step),
          advance(to, 16),
        ]),
        last,
      ];
    },
  };
}

/** Four elements `step` apart. A step of 2 reads one element more than it needs. */
function gather(base: Code, offset: number, step: number): Code {
  if (step !== 2) return loadStrided(base, offset, 4 * step, 4);
  return v128.shuffle32(v128.load(...at(base, offset)), v128.load(...at(base, offset + 16)), [0, 2, 4, 6]);
}

/** pointer += bytes; no code for 0. */
export function advance(pointer: Local, bytes: number): Code {
  return bytes === 0 ? [] : pointer.set(i32.add(pointer.get, i32.const(bytes)));
}
