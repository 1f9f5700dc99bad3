// The place of the first extreme along one axis. Vectors lie across outputs when a kept axis suits memory better, else along
// the axis when it is long, with the four lanes' candidates compared at the end.
import type { ArgReduceSpec } from '../../program/kernel-spec.ts';
import { numel } from '../../tensor/shape.ts';
import type { Code } from '../encoder/code.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import { defineFunction, type Local } from '../encoder/function.ts';
import { f32x4, i32, i32x4, memoryFill, plusBytes, v128 } from '../encoder/instructions.ts';
import { identity } from '../reference/reduce.ts';
import type { KernelEmitter } from './emitter.ts';
import { type Axis, advance, axesOf, forItems, mergeAxes, type Pointer, whileAtLeast } from './iteration.ts';
import { loadNumbers, type Stream, storeRaw, type Width } from './stream.ts';

/** Strides are listed as input, output. */
interface ArgReducePlan {
  readonly outer: readonly Axis[];
  /** The kept axis that vectors lie across; outer's last axis then counts strips of it. */
  readonly across: Axis | null;
  readonly axis: Axis;
  readonly items: number;
}

const stripWidth = 16;

function planArgReduce({ shape, axis, input }: ArgReduceSpec): ArgReducePlan {
  const keptShape = shape.map((size, a) => (a === axis ? 1 : size));
  const target = keptShape.map((_, a) => numel(keptShape.slice(a + 1)));
  const kept = mergeAxes(axesOf(keptShape, [input.strides, target]), 1);
  const stride = input.strides[axis] as number;
  const folded: Axis = { size: shape[axis] as number, strides: [stride, 0] };
  const items = numel(keptShape);
  const across = kept.find(({ size, strides }) => size >= 4 && strides[0] === 1);
  if (across === undefined || Math.abs(stride) === 1) return { outer: kept, across: null, axis: folded, items };
  const strips: Axis = {
    size: Math.ceil(across.size / stripWidth),
    strides: across.strides.map((s) => s * stripWidth),
  };
  return {
    outer: [...kept.filter((other) => other !== across), strips],
    across,
    axis: folded,
    items: (items / across.size) * strips.size,
  };
}

/** One i32 a kept element. */
export const argReduce: KernelEmitter<ArgReduceSpec> = {
  emit(spec) {
    return defineFunction('arg_reduce', ['i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      const [input, output, , from, to] = p;
      const { outer, across, axis, items } = planArgReduce(spec);
      if (items === 0) return [];
      if (axis.size === 0) {
        const bytes = 4 * numel(spec.shape.filter((_, a) => a !== spec.axis));
        return ifElse(i32.ltS(from.get, to.get), memoryFill(output.get, i32.const(0), i32.const(bytes)));
      }
      const pointers = [local('i32'), local('i32')].map((pointer): Pointer => ({ local: pointer, unit: 4 }));
      const [x, y] = pointers as [Pointer, Pointer];
      const best = local('v128');
      const where = local('v128');
      const here = local('v128');
      const value = local('v128');
      const mask = local('v128');
      const spare = local('v128');
      const round = local('i32');
      const compare = spec.by === 'max' ? f32x4.gt : f32x4.lt;
      const isNaN_ = (v: Local) => f32x4.ne(v.get, v.get);

      const take = (candidate: Code, place: Code): Code => [
        best.set(v128.bitselect(candidate, best.get, mask.get)),
        where.set(v128.bitselect(place, where.get, mask.get)),
      ];
      /** Takes `value` at `here` where it is strictly better, or the first NaN. */
      const consider: Code = [
        mask.set(v128.or(compare(value.get, best.get), v128.and(isNaN_(value), f32x4.eq(best.get, best.get)))),
        take(value.get, here.get),
      ];
      const start = (places: Code): Code => [
        best.set(f32x4.splatConst(identity[spec.by])),
        where.set(places),
        here.set(places),
      ];
      const stream = (stride: number): Stream => ({ kind: spec.input.dtype, stride, at: x.local });
      const step = axis.strides[0] as number;
      const rounds = (count: number, width: Width, stride: number, stepped: number): Code =>
        forRange(round, 0, count, 1, [
          value.set(loadNumbers(stream(stride), width)),
          consider,
          here.set(i32x4.add(here.get, i32x4.splatConst(stepped))),
          advance([x], axis, stepped),
        ]);

      /** Compares each lane with the one `distance` away: better wins, then the smaller place. */
      const meet = (lanes: readonly [number, number, number, number]): Code => [
        value.set(v128.shuffle32(best.get, best.get, lanes)),
        here.set(v128.shuffle32(where.get, where.get, lanes)),
        spare.set(isNaN_(best)),
        mask.set(
          v128.or(
            v128.or(compare(value.get, best.get), v128.andnot(isNaN_(value), spare.get)),
            v128.and(
              v128.or(f32x4.eq(value.get, best.get), v128.and(isNaN_(value), spare.get)),
              i32x4.ltS(here.get, where.get),
            ),
          ),
        ),
        take(value.get, here.get),
      ];

      const alongOne = (): Code => {
        const vectors = axis.size >= 8 ? Math.floor(axis.size / 4) : 0;
        const lanes =
          vectors === 0
            ? start(i32x4.splatConst(0))
            : [
                start(i32x4.const(0, 1, 2, 3)),
                rounds(vectors, 4, step, 4),
                meet([2, 3, 0, 1]),
                meet([1, 0, 3, 2]),
                here.set(i32x4.splatConst(4 * vectors)),
              ];
        return [
          lanes,
          rounds(axis.size - 4 * vectors, 1, step, 1),
          advance([x], axis, -axis.size),
          i32.store(y.local.get, i32x4.extractLane(where.get, 0)),
        ];
      };

      const strip = (kept: Axis, coordinate: Local): Code => {
        const left = local('i32');
        const saved = pointers.map(() => local('i32'));
        const columns = (width: Width): Code => [
          start(i32x4.splatConst(0)),
          rounds(axis.size, width, kept.strides[0] as number, 1),
          advance([x], axis, -axis.size),
          storeRaw({ kind: 'int32', stride: kept.strides[1] as number, at: y.local }, where.get, width, 0, spare),
          advance(pointers, kept, width),
        ];
        return [
          pointers.map(({ local: pointer }, i) => (saved[i] as Local).set(pointer.get)),
          left.set(i32.sub(i32.const(kept.size), i32.mul(coordinate.get, i32.const(stripWidth)))),
          ifElse(i32.gtS(left.get, i32.const(stripWidth)), left.set(i32.const(stripWidth))),
          whileAtLeast(left, 4, columns(4)),
          kept.size % 4 === 0 ? [] : whileAtLeast(left, 1, columns(1)),
          pointers.map(({ local: pointer }, i) => pointer.set((saved[i] as Local).get)),
        ];
      };

      return [
        x.local.set(plusBytes(input.get, 4 * spec.input.offset)),
        y.local.set(output.get),
        forItems(outer, pointers, from.get, to.get, local, (coordinates) =>
          across === null ? alongOne() : strip(across, coordinates.at(-1) as Local),
        ),
      ];
    });
  },
  workspaceBytes: () => 0,
  extent(spec) {
    const { items, axis } = planArgReduce(spec);
    return axis.size === 0 ? Math.min(items, 1) : items;
  },
};
