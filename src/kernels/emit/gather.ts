// Rows picked by index, and its mirror image that adds rows up. Elements move as 32 bits, so that int32 may be gathered too.
import type { GatherSpec, ScatterAddSpec } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import { defineFunction, type Local, type Locals, type NewLocal } from '../encoder/function.ts';
import { f32x4, i32, memoryCopy, memoryFill, v128 } from '../encoder/instructions.ts';
import type { KernelEmitter } from './emitter.ts';
import { type Axis, advance, forItems, type Pointer, whileAtLeast } from './iteration.ts';

/** From so many elements on the machine's own copy is faster. */
const longRow = 256;
const stripWidth = 64;

const contiguous = (count: number): Axis => ({ size: count, strides: [1, 1] });

/** A row of `count` elements, a vector at a time; pointers end behind the row. */
function alongRow(count: number, left: Local, pointers: readonly Pointer[], body: (width: 4 | 1) => Code): Code {
  const row = contiguous(count);
  return [
    left.set(i32.const(count)),
    count < 4 ? [] : whileAtLeast(left, 4, [body(4), advance(pointers, row, 4)]),
    count % 4 === 0 ? [] : whileAtLeast(left, 1, [body(1), advance(pointers, row, 1)]),
  ];
}

const storeLanes = (at: Local, value: Code, width: 4 | 1) =>
  width === 4 ? v128.store(at.get, value) : v128.store32Lane(at.get, value, 0);
const loadLanes = (at: Local, width: 4 | 1) => (width === 4 ? v128.load(at.get) : v128.load32Zero(at.get));

const byteOf = (local: Local): Pointer => ({ local, unit: 4 });

/** Split by rows of the output. */
export const gather: KernelEmitter<GatherSpec> = {
  emit({ outer, size, count, inner }) {
    return defineFunction('gather', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      if (outer * count * inner === 0) return [];
      const [x, index, y, , from, to] = p;
      const axes: Axis[] = [
        { size: outer, strides: [size * inner, 0, count * inner] },
        { size: count, strides: [0, 1, inner] },
      ];
      const row = local('i32');
      const source = local('i32');
      const target = local('i32');
      const left = local('i32');
      const copied =
        inner >= longRow
          ? memoryCopy(target.get, source.get, i32.const(4 * inner))
          : alongRow(inner, left, [byteOf(source), byteOf(target)], (width) =>
              storeLanes(target, loadLanes(source, width), width),
            );
      const missing = alongRow(inner, left, [byteOf(target)], (width) =>
        storeLanes(target, f32x4.splatConst(Number.NaN), width),
      );
      return forItems(axes, [x, index, y].map(byteOf), from.get, to.get, local, () => [
        row.set(i32.load(index.get)),
        target.set(y.get),
        ifElse(
          i32.ltU(row.get, i32.const(size)),
          [source.set(i32.add(x.get, i32.mul(row.get, i32.const(4 * inner)))), copied],
          missing,
        ),
      ]);
    });
  },
  workspaceBytes: () => 0,
  extent: ({ outer, count, inner }) => (inner === 0 ? 0 : outer * count),
};

/** The strips of 64 columns in which rows are added, so that no two parts meet. */
function stripsOf({ outer, size, count, inner }: ScatterAddSpec): Axis[] {
  return [
    { size: outer, strides: [count * inner, size * inner] },
    { size: Math.ceil(inner / stripWidth), strides: [stripWidth, stripWidth] },
  ];
}

/** Zeroes a strip of every row, then adds the rows of dy in order. */
function addStrip({ size, count, inner }: ScatterAddSpec, width: number, p: Locals<3>, local: NewLocal): Code {
  const [dy, index, dx] = p;
  const left = local('i32');
  const round = local('i32');
  const source = local('i32');
  const target = local('i32');
  const entry = local('i32');
  const row = local('i32');
  const zero = f32x4.splatConst(0);
  const zeroed =
    width === inner
      ? memoryFill(dx.get, i32.const(0), i32.const(4 * size * inner))
      : [
          source.set(dx.get),
          forRange(round, 0, size, 1, [
            target.set(source.get),
            alongRow(width, left, [byteOf(target)], (lanes) => storeLanes(target, zero, lanes)),
            source.set(i32.add(source.get, i32.const(4 * inner))),
          ]),
        ];
  const added = alongRow(width, left, [byteOf(source), byteOf(target)], (lanes) =>
    storeLanes(target, f32x4.add(loadLanes(target, lanes), loadLanes(source, lanes)), lanes),
  );
  return [
    zeroed,
    entry.set(index.get),
    forRange(round, 0, count, 1, [
      row.set(i32.load(entry.get)),
      ifElse(i32.ltU(row.get, i32.const(size)), [
        source.set(i32.add(dy.get, i32.mul(round.get, i32.const(4 * inner)))),
        target.set(i32.add(dx.get, i32.mul(row.get, i32.const(4 * inner)))),
        added,
      ]),
      entry.set(i32.add(entry.get, i32.const(4))),
    ]),
  ];
}

/** Split by outer slices and strips of columns; every part reads all indices, in order. */
export const scatterAdd: KernelEmitter<ScatterAddSpec> = {
  emit(spec) {
    return defineFunction('scatter_add', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      if (spec.outer * spec.size * spec.inner === 0) return [];
      const [dy, index, dx, , from, to] = p;
      const axes = stripsOf(spec);
      const strips = axes[1]!.size;
      const rest = spec.inner - (strips - 1) * stripWidth;
      const strip = (width: number) => addStrip(spec, width, [dy, index, dx], local);
      return forItems(axes, [byteOf(dy), byteOf(dx)], from.get, to.get, local, (coordinates) => {
        const at = coordinates[1] as Local;
        if (strips === 1) return strip(spec.inner);
        return ifElse(i32.eq(at.get, i32.const(strips - 1)), strip(rest), strip(stripWidth));
      });
    });
  },
  workspaceBytes: () => 0,
  extent: (spec) =>
    spec.outer * spec.size * spec.inner === 0 ? 0 : stripsOf(spec).reduce((items, { size }) => items * size, 1),
};
