// Greedy selection: every candidate starts as picked; in order, each that still is strikes out what it conflicts with. The
// passes over one row of conflicts go four candidates at a time; the order of the rows is what the result means.
import type { GreedySelectSpec } from '../../program/kernel-spec.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import { defineFunction, type Local, locals } from '../encoder/function.ts';
import { f32, f32x4, i32, v128 } from '../encoder/instructions.ts';
import type { KernelEmitter } from './emitter.ts';
import { forItems, whileAtLeast } from './iteration.ts';

/** Split by batch. */
export const greedySelect: KernelEmitter<GreedySelectSpec> = {
  emit({ batch, count }) {
    return defineFunction('greedy_select', ['i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      const [conflicts, picked, , from, to] = p;
      const [i, left, row, own, target] = locals(local, 'i32', 5);
      const move = (pointer: Local, bytes: number) => pointer.set(i32.add(pointer.get, i32.const(bytes)));
      const zeros = f32x4.splatConst(0);
      const ones = f32x4.splatConst(1);
      const step = (width: 1 | 4) => [move(target, 4 * width), move(row, 4 * width)];
      const free = v128.and(v128.load(target.get), f32x4.eq(v128.load(row.get), zeros));
      const strike = [
        left.set(i32.sub(i32.const(count - 1), i.get)),
        target.set(i32.add(own.get, i32.const(4))),
        row.set(
          i32.add(conflicts.get, i32.shl(i32.add(i32.mul(i.get, i32.const(count + 1)), i32.const(1)), i32.const(2))),
        ),
        whileAtLeast(left, 4, [v128.store(target.get, free), ...step(4)]),
        whileAtLeast(left, 1, [
          ifElse(f32.ne(f32.load(row.get), f32.const(0)), f32.store(target.get, f32.const(0))),
          ...step(1),
        ]),
      ];
      const pointers = [conflicts, picked].map((pointer) => ({ local: pointer, unit: 4 as const }));
      const axis = { size: batch, strides: [count * count, count] };
      return forItems([axis], pointers, from.get, to.get, local, () => [
        left.set(i32.const(count)),
        target.set(picked.get),
        whileAtLeast(left, 4, [v128.store(target.get, ones), move(target, 16)]),
        whileAtLeast(left, 1, [v128.store32Lane(target.get, ones, 0), move(target, 4)]),
        own.set(picked.get),
        forRange(i, 0, count, 1, [ifElse(f32.ne(f32.load(own.get), f32.const(0)), strike), move(own, 4)]),
      ]);
    });
  },
  workspaceBytes: () => 0,
  extent: ({ batch, count }) => (count === 0 ? 0 : batch),
};
