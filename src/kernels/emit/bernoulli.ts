// The random mask of dropout: the integer hash of tensor/random.ts, four elements at a time, compared with a threshold that is
// exact because uniform numbers are 24-bit integers times 2^-24.
import type { BernoulliSpec } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import { select } from '../encoder/control.ts';
import { defineFunction } from '../encoder/function.ts';
import { i32, i32x4, v128 } from '../encoder/instructions.ts';
import type { KernelEmitter } from './emitter.ts';
import { whileAtLeast } from './iteration.ts';
import { keyFactor, mixScalar, randomLanes } from './random-bits.ts';
import { createBlockPool } from './vector-block.ts';

const block = 1024;

/** Split by blocks of 1024 elements. */
export const bernoulli: KernelEmitter<BernoulliSpec> = {
  emit({ count, keep, stream }) {
    return defineFunction('bernoulli', ['i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      const [counter, output, , from, to] = p;
      const threshold = Math.ceil(Math.min(Math.max(keep, 0), 1) * 2 ** 24);
      const key = local('i32');
      const scratch = local('i32');
      const left = local('i32');
      const at = local('i32');
      const keys = local('v128');
      const offsets = local('v128');
      const index = local('v128');
      const pool = createBlockPool(local, false);
      const b = pool.begin();
      const bits = randomLanes(b, index.get, keys.get, offsets.get);
      const kept = i32x4.ltS(i32x4.shrU(bits, i32.const(8)), i32x4.splatConst(threshold));
      const mask = v128.and(kept, b.constant(1));
      const points = (store: (value: Code) => Code, step: number): Code => [
        b.statements(),
        store(mask),
        index.set(i32x4.add(index.get, b.bits(step))),
        at.set(i32.add(at.get, i32.const(4 * step))),
      ];
      const vectors = points((value) => v128.store(at.get, value), 4);
      const single = points((value) => v128.store32Lane(at.get, value, 0), 1);
      const start = i32.mul(from.get, i32.const(block));
      const end = i32.mul(to.get, i32.const(block));
      return [
        mixScalar(key, i32.xor(i32.const(stream), i32.load(counter.get))),
        scratch.set(i32.mul(key.get, i32.const(keyFactor))),
        keys.set(i32x4.splat(key.get)),
        offsets.set(i32x4.splat(scratch.get)),
        pool.prologue(),
        index.set(i32x4.add(i32x4.splat(start), i32x4.const(0, 1, 2, 3))),
        at.set(i32.add(output.get, i32.mul(start, i32.const(4)))),
        scratch.set(end),
        left.set(i32.sub(select(i32.ltS(scratch.get, i32.const(count)), scratch.get, i32.const(count)), start)),
        whileAtLeast(left, 4, vectors),
        whileAtLeast(left, 1, single),
      ];
    });
  },
  workspaceBytes: () => 0,
  extent: ({ count }) => Math.ceil(count / block),
};
