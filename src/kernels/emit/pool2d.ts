// Pooling over planes. Forward kernels are split by output rows and take four neighbouring windows at once where these lie
// inside the plane; backward kernels are split by planes and add in row-major order of dy.
import type { AvgPool2dSpec, MaxPool2dGradSpec, MaxPool2dSpec, Pool2dGeometry } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import { forRange, ifElse, select } from '../encoder/control.ts';
import { defineFunction, type Local, type Locals, locals, type NewLocal } from '../encoder/function.ts';
import { f32, f32x4, i32, i32x4, memoryFill, v128 } from '../encoder/instructions.ts';
import type { KernelEmitter } from './emitter.ts';
import { type Axis, forItems, type Pointer, whileAtLeast } from './iteration.ts';
import {
  alwaysInside,
  countWindow,
  interiorColumns,
  overWindow,
  planeBytes,
  planeElements,
  windowStart,
} from './pool-window.ts';
import { loadRaw, type Stream, type Width } from './stream.ts';

const pointer = (local: Local): Pointer => ({ local, unit: 4 });

/** One output row of one plane is computed at a time. */
function rowsOf(g: Pool2dGeometry, outputs: number): Axis[] {
  const [height, width] = g.outSize;
  return [
    { size: g.planes, strides: [planeElements(g.inSize), ...Array(outputs).fill(height * width)] },
    { size: height, strides: [0, ...Array(outputs).fill(width)] },
  ];
}

const rowCount = (g: Pool2dGeometry) => (planeElements(g.outSize) === 0 ? 0 : g.planes * g.outSize[0]);

/** What differs between the two poolings: state of the windows being computed, one tap, the end. */
interface WindowCode {
  readonly start: (column: Code, width: Width) => Code;
  /** Before taps: where in the plane the first lane's element of offset 0 lies. */
  readonly place: (position: Code, width: Width) => Code;
  /** One element of each window, `offset` elements after that place; `first` when it is known to be the window's first. */
  readonly tap: (lanes: Code, offset: number, first: boolean) => Code;
  readonly finish: (width: Width) => Code;
}

/** Computes one output row: whole windows by vectors, those at the edges one by one. */
function emitRow(
  g: Pool2dGeometry,
  plane: Local,
  row: Local,
  outputs: readonly Local[],
  local: NewLocal,
  w: WindowCode,
): Code {
  const { first, end } = interiorColumns(g);
  const vectors = end - first < 4 ? 0 : Math.ceil((end - first) / 4);
  const column = local('i32');
  const rowAt = local('i32');
  const columnAt = local('i32');
  const position = local('i32');
  const address = local('i32');
  const k = local('i32');
  const left = local('i32');
  const width = g.inSize[1];
  const moved = (count: number) => [
    outputs.map((output) => output.set(i32.add(output.get, i32.const(4 * count)))),
    column.set(i32.add(column.get, i32.const(count))),
  ];
  const element = i32.add(plane.get, i32.shl(position.get, i32.const(2)));
  const rowStart = windowStart(g, 0, row.get);
  const columnStart = windowStart(g, 1, column.get);
  const inRow = (x: Code) => i32.add(i32.mul(rowAt.get, i32.const(width)), x);

  const [rows, columns] = g.kernel;
  const stream: Stream = { kind: 'float32', stride: g.stride[1], at: address };
  /** The taps at static offsets from the place. */
  const tapsAt = (offsets: readonly number[], firstKnown: boolean): Code => [
    address.set(element),
    w.place(position.get, 4),
    offsets.map((offset, i) => w.tap(loadRaw(stream, 4, 0, 4 * offset), offset, firstKnown && i === 0)),
  ];
  const inRowOffsets = Array.from({ length: columns }, (_, l) => l * g.dilation[1]);
  const rowTaps: Code =
    columns <= 8
      ? tapsAt(inRowOffsets, false)
      : forRange(k, 0, columns, 1, [tapsAt([0], false), position.set(i32.add(position.get, i32.const(g.dilation[1])))]);
  const allOffsets = Array.from({ length: rows }, (_, r) => inRowOffsets.map((o) => r * g.dilation[0] * width + o));
  const windows: Code =
    alwaysInside(g, 0) && rows * columns <= 16
      ? [rowAt.set(rowStart), position.set(inRow(columnStart)), tapsAt(allOffsets.flat(), true)]
      : overWindow(g, 0, rowStart, rowAt, local, [position.set(inRow(columnStart)), rowTaps]);
  const four = [w.start(column.get, 4), windows, w.finish(4), moved(4)];
  const tap = [position.set(inRow(columnAt.get)), w.place(position.get, 1), w.tap(v128.load32Splat(element), 0, false)];
  const one = [
    w.start(column.get, 1),
    overWindow(g, 0, rowStart, rowAt, local, overWindow(g, 1, columnStart, columnAt, local, tap)),
    w.finish(1),
    moved(1),
  ];
  if (vectors === 0) return [column.set(i32.const(0)), left.set(i32.const(g.outSize[1])), whileAtLeast(left, 1, one)];
  // The last vector ends where the interior does: it may compute some windows again.
  const overlap = 4 * vectors - (end - first);
  const stepBack = overlap === 0 ? [] : ifElse(i32.gtS(column.get, i32.const(end - 4)), moved(-overlap));
  const round = local('i32');
  // Two rounds, so that one copy of the code for single windows serves both edges.
  return [
    column.set(i32.const(0)),
    forRange(round, 0, 2, 1, [
      left.set(select(round.get, i32.const(g.outSize[1] - end), i32.const(first))),
      whileAtLeast(left, 1, one),
      ifElse(i32.eqz(round.get), [left.set(i32.const(vectors)), whileAtLeast(left, 1, [stepBack, four])]),
    ]),
  ];
}

/** x → y, indices. */
export const maxPool2d: KernelEmitter<MaxPool2dSpec> = {
  emit({ geometry: g }) {
    return defineFunction('max_pool2d', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      if (rowCount(g) === 0) return [];
      const [x, y, indices, , from, to] = p;
      const best = local('v128');
      const where = local('v128');
      const value = local('v128');
      const base = local('v128');
      const mask = local('v128');
      const yAt = local('i32');
      const indexAt = local('i32');
      const s = g.stride[1];
      const code: WindowCode = {
        start: () => [best.set(f32x4.splatConst(Number.NEGATIVE_INFINITY)), where.set(i32x4.splatConst(-1))],
        place: (position, width) =>
          base.set(
            width === 1 ? i32x4.splat(position) : i32x4.add(i32x4.splat(position), i32x4.const(0, s, 2 * s, 3 * s)),
          ),
        tap(lanes, offset, first) {
          const here = offset === 0 ? base.get : i32x4.add(base.get, i32x4.splatConst(offset));
          if (first) return [best.set(lanes), where.set(here)];
          return [
            value.set(lanes),
            // Better: not (x ≤ best) while best is a number, and whatever comes first.
            mask.set(
              v128.or(
                v128.andnot(f32x4.eq(best.get, best.get), f32x4.le(value.get, best.get)),
                i32x4.shrS(where.get, i32.const(31)),
              ),
            ),
            best.set(v128.bitselect(value.get, best.get, mask.get)),
            where.set(v128.bitselect(here, where.get, mask.get)),
          ];
        },
        finish: (width) =>
          width === 4
            ? [v128.store(yAt.get, best.get), v128.store(indexAt.get, where.get)]
            : [v128.store32Lane(yAt.get, best.get, 0), v128.store32Lane(indexAt.get, where.get, 0)],
      };
      return forItems(rowsOf(g, 2), [x, y, indices].map(pointer), from.get, to.get, local, (at) => [
        yAt.set(y.get),
        indexAt.set(indices.get),
        emitRow(g, x, at[1] as Local, [yAt, indexAt], local, code),
      ]);
    });
  },
  workspaceBytes: () => 0,
  extent: ({ geometry }) => rowCount(geometry),
};

/** (dy, indices) → dx. */
export const maxPool2dGrad: KernelEmitter<MaxPool2dGradSpec> = {
  emit({ geometry: g }) {
    return defineFunction('max_pool2d_grad', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      const [dy, indices, dx, , from, to] = p;
      const out = planeElements(g.outSize);
      const planes: Axis = { size: g.planes, strides: [out, out, planeElements(g.inSize)] };
      const round = local('i32');
      const index = local('i32');
      const bytes = i32.shl(round.get, i32.const(2));
      const target = local('i32');
      return forItems([planes], [dy, indices, dx].map(pointer), from.get, to.get, local, () => [
        memoryFill(dx.get, i32.const(0), i32.const(planeBytes(g.inSize))),
        forRange(round, 0, out, 1, [
          index.set(i32.load(i32.add(indices.get, bytes))),
          ifElse(i32.ltU(index.get, i32.const(planeElements(g.inSize))), [
            target.set(i32.add(dx.get, i32.shl(index.get, i32.const(2)))),
            f32.store(target.get, f32.add(f32.load(target.get), f32.load(i32.add(dy.get, bytes)))),
          ]),
        ]),
      ]);
    });
  },
  workspaceBytes: () => 0,
  extent: ({ geometry }) => (planeElements(geometry.inSize) === 0 ? 0 : geometry.planes),
};

/** The product of two counts as a float32, at least 1. */
function divisor(rows: Local, columns: Code): Code {
  const product = i32.mul(rows.get, columns);
  return f32.convertI32S(i32.add(product, i32.eqz(product)));
}

function avgForward({ geometry: g, countIncludePad }: AvgPool2dSpec, p: Locals<5>, local: NewLocal): Code {
  const [x, y, , from, to] = p;
  const sum = local('v128');
  const rows = local('i32');
  const columns = local('i32');
  const yAt = local('i32');
  const code: WindowCode = {
    start: (column, width) => [
      sum.set(f32x4.splatConst(0)),
      width === 4
        ? columns.set(i32.const(g.kernel[1]))
        : countWindow(g, 1, windowStart(g, 1, column), countIncludePad, columns, local),
    ],
    place: () => [],
    tap: (lanes) => sum.set(f32x4.add(sum.get, lanes)),
    finish: (width) => {
      const mean = f32x4.div(sum.get, f32x4.splat(divisor(rows, columns.get)));
      return width === 4 ? v128.store(yAt.get, mean) : v128.store32Lane(yAt.get, mean, 0);
    },
  };
  return forItems(rowsOf(g, 1), [x, y].map(pointer), from.get, to.get, local, (at) => {
    const row = at[1] as Local;
    return [
      yAt.set(y.get),
      countWindow(g, 0, windowStart(g, 0, row.get), countIncludePad, rows, local),
      emitRow(g, x, row, [yAt], local, code),
    ];
  });
}

function avgBackward({ geometry: g, countIncludePad }: AvgPool2dSpec, p: Locals<5>, local: NewLocal): Code {
  const [dy, dx, , from, to] = p;
  const planes: Axis = { size: g.planes, strides: [planeElements(g.outSize), planeElements(g.inSize)] };
  const [i, j, rows, columns, rowAt, source, low, left, target] = locals(local, 'i32', 9);
  const share = local('v128');
  const columnAt = local('i32');
  const columnStart = windowStart(g, 1, j.get);
  const address = (column: Code) =>
    i32.add(dx.get, i32.shl(i32.add(i32.mul(rowAt.get, i32.const(g.inSize[1])), column), i32.const(2)));
  const addTo = (width: Width): Code => {
    const before = width === 4 ? v128.load(target.get) : v128.load32Zero(target.get);
    const after = f32x4.add(before, share.get);
    return [
      width === 4 ? v128.store(target.get, after) : v128.store32Lane(target.get, after, 0),
      target.set(i32.add(target.get, i32.const(4 * width))),
    ];
  };
  // Undilated windows touch one run of each row: from max(0, start) to min(width, start + kernel).
  const runOfRow: Code = [
    low.set(columnStart),
    left.set(i32.add(low.get, i32.const(g.kernel[1]))),
    ifElse(i32.gtS(left.get, i32.const(g.inSize[1])), left.set(i32.const(g.inSize[1]))),
    ifElse(i32.ltS(low.get, i32.const(0)), low.set(i32.const(0))),
    left.set(i32.sub(left.get, low.get)),
    target.set(address(low.get)),
    g.kernel[1] < 4 ? [] : whileAtLeast(left, 4, addTo(4)),
    whileAtLeast(left, 1, addTo(1)),
  ];
  const taps: Code = overWindow(g, 1, columnStart, columnAt, local, [target.set(address(columnAt.get)), addTo(1)]);
  return forItems([planes], [dy, dx].map(pointer), from.get, to.get, local, () => [
    memoryFill(dx.get, i32.const(0), i32.const(planeBytes(g.inSize))),
    source.set(dy.get),
    forRange(i, 0, g.outSize[0], 1, [
      countWindow(g, 0, windowStart(g, 0, i.get), countIncludePad, rows, local),
      forRange(j, 0, g.outSize[1], 1, [
        countWindow(g, 1, columnStart, countIncludePad, columns, local),
        share.set(f32x4.splat(f32.div(f32.load(source.get), divisor(rows, columns.get)))),
        overWindow(g, 0, windowStart(g, 0, i.get), rowAt, local, g.dilation[1] === 1 ? runOfRow : taps),
        source.set(i32.add(source.get, i32.const(4))),
      ]),
    ]),
  ]);
}

/** Forward split by output rows, backward by planes. */
export const avgPool2d: KernelEmitter<AvgPool2dSpec> = {
  emit(spec) {
    return defineFunction(`avg_pool2d_${spec.direction}`, ['i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      if (this.extent(spec) === 0) return [];
      return spec.direction === 'forward' ? avgForward(spec, p, local) : avgBackward(spec, p, local);
    });
  },
  workspaceBytes: () => 0,
  extent: ({ direction, geometry }) => {
    if (direction === 'forward') return rowCount(geometry);
    return planeElements(geometry.inSize) === 0 ? 0 : geometry.planes;
  },
};
