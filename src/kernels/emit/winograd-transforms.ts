// Winograd's transforms of tiles and weights, four tiles (or channels) at a time; vectors of tiles lie along a row. Small
// functions of their own, because engines swap slow first code for optimised code only between calls.
import type { Epilogue } from '../../program/kernel-spec.ts';
import type { Code, FunctionCode } from '../encoder/code.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import { defineFunction, type Local, locals } from '../encoder/function.ts';
import { f32x4, i32, v128 } from '../encoder/instructions.ts';
import { advance, rowCopier } from './conv2d-copy.ts';
import { epilogueCode, type Finish } from './epilogue.ts';
import { loadStrided } from './tile.ts';
import type { TileSource } from './winograd-plan.ts';

const { add, sub, mul } = f32x4;
const indices = [0, 1, 2, 3] as const;

/** (plane, margin buffer, first row, rows): rows of a plane between zeros; columns beside them were cleared before. */
export function marginRows({ size, before }: TileSource, rowBytes: number): FunctionCode {
  const [height, width] = size;
  return defineFunction(`winograd rows ${height}×${width}`, ['i32', 'i32', 'i32', 'i32'], (parameters, local) => {
    const [plane, target, first, rows] = parameters;
    const [row, end, from] = [local('i32'), local('i32'), local('i32')];
    const copier = rowCopier(local);
    const zero = f32x4.splatConst(0);
    const clear = Array.from({ length: rowBytes / 16 }, (_, i) => v128.store(target.get, zero, 16 * i));
    return [
      end.set(i32.add(first.get, rows.get)),
      forRange(row, first.get, end.get, 1, [
        ifElse(
          i32.ltU(row.get, i32.const(height)),
          [
            from.set(i32.add(plane.get, i32.mul(row.get, i32.const(4 * width)))),
            copier.copy(from.get, 0, 1, target.get, 4 * before[1], width),
          ],
          clear,
        ),
        advance(target, rowBytes),
      ]),
    ];
  });
}

/** (rows with margin, target, tile rows): Bᵀ·d·B of every tile; points are `step` bytes apart, tiles follow one another. */
export function inputTransform(rowBytes: number, tileColumns: number, step: number): FunctionCode {
  return defineFunction(`winograd input ${tileColumns}`, ['i32', 'i32', 'i32'], (parameters, local) => {
    const [rows, target, count] = parameters;
    const [row, column, from] = [local('i32'), local('i32'), local('i32')];
    const [a0, a1, a2, e0, o0, e1] = locals(local, 'v128', 6);
    const at = (line: number, part: number) => v128.load(from.get, line * rowBytes + 16 * part);
    const lines: readonly ((part: number) => Code)[] = [
      (part) => sub(at(0, part), at(2, part)),
      (part) => add(at(1, part), at(2, part)),
      (part) => sub(at(2, part), at(1, part)),
      (part) => sub(at(1, part), at(3, part)),
    ];
    const tiles = lines.map((line, i) => [
      [a0, a1, a2].map((register, part) => register.set(line(part))),
      e0.set(v128.shuffle32(a0.get, a1.get, [0, 2, 4, 6])),
      o0.set(v128.shuffle32(a0.get, a1.get, [1, 3, 5, 7])),
      e1.set(v128.shuffle32(e0.get, a2.get, [1, 2, 3, 4])),
      v128.store(target.get, sub(e0.get, e1.get), 4 * i * step),
      v128.store(target.get, add(o0.get, e1.get), (4 * i + 1) * step),
      v128.store(target.get, sub(e1.get, o0.get), (4 * i + 2) * step),
      v128.store(target.get, sub(o0.get, v128.shuffle32(o0.get, a2.get, [1, 2, 3, 5])), (4 * i + 3) * step),
    ]);
    return forRange(row, i32.const(0), count.get, 1, [
      from.set(rows.get),
      forRange(column, 0, tileColumns, 4, [tiles, advance(from, 32), advance(target, 16)]),
      advance(rows, 2 * rowBytes),
    ]);
  });
}

/** (rows with margin, target, tile rows): A·d·Aᵀ of every 2×2 tile of an output's gradient. */
export function gradientTransform(rowBytes: number, tileColumns: number, step: number): FunctionCode {
  return defineFunction(`winograd gradient ${tileColumns}`, ['i32', 'i32', 'i32'], (parameters, local) => {
    const [rows, target, count] = parameters;
    const [row, column, from] = [local('i32'), local('i32'), local('i32')];
    const [a0, a1, even, odd] = locals(local, 'v128', 4);
    const at = (line: number, part: number) => v128.load(from.get, line * rowBytes + 16 * part);
    const lines: readonly ((part: number) => Code)[] = [
      (part) => at(0, part),
      (part) => add(at(0, part), at(1, part)),
      (part) => sub(at(0, part), at(1, part)),
      (part) => f32x4.neg(at(1, part)),
    ];
    const tiles = lines.map((line, i) => [
      [a0, a1].map((register, part) => register.set(line(part))),
      even.set(v128.shuffle32(a0.get, a1.get, [0, 2, 4, 6])),
      odd.set(v128.shuffle32(a0.get, a1.get, [1, 3, 5, 7])),
      v128.store(target.get, even.get, 4 * i * step),
      v128.store(target.get, add(even.get, odd.get), (4 * i + 1) * step),
      v128.store(target.get, sub(even.get, odd.get), (4 * i + 2) * step),
      v128.store(target.get, f32x4.neg(odd.get), (4 * i + 3) * step),
    ]);
    return forRange(row, i32.const(0), count.get, 1, [
      from.set(rows.get),
      forRange(column, 0, tileColumns, 4, [tiles, advance(from, 32), advance(target, 16)]),
      advance(rows, 2 * rowBytes),
    ]);
  });
}

const half = f32x4.splatConst(0.5);

/**
 * (weights, target): G·g·Gᵀ of every filter, as [point][channel][source channel]. Filters `turned` belong to the input
 * gradient: channels change places and taps run backwards.
 */
export function weightTransform(channels: number, sourceChannels: number, turned: boolean, step: number): FunctionCode {
  const name = `winograd weights ${channels}×${sourceChannels}`;
  return defineFunction(name, ['i32', 'i32'], (parameters, local) => {
    const [weights, target] = parameters;
    const [channel, source, from] = [local('i32'), local('i32'), local('i32')];
    const [sum, plus] = [local('v128'), local('v128')];
    // Distances in bytes: to the next channel, and to the next source channel, which becomes the next lane.
    const [across, lane] = turned ? [36, 36 * channels] : [36 * sourceChannels, 36];
    const taps = Array.from({ length: 9 }, () => local('v128'));
    const columns = Array.from({ length: 12 }, () => local('v128')); // [row of G·g][column]
    const tapAt = (index: number) => loadStrided(from.get, 4 * (turned ? 8 - index : index), lane, 4);
    /** G times three numbers, given as code that is evaluated more than once. */
    const four = (a: Code, b: Code, c: Code, write: (row: number, value: Code) => Code): Code => [
      sum.set(mul(add(a, c), half)),
      plus.set(mul(b, half)),
      write(0, a),
      write(1, add(sum.get, plus.get)),
      write(2, sub(sum.get, plus.get)),
      write(3, c),
    ];
    const filter = [
      taps.map((tap, index) => tap.set(tapAt(index))),
      [0, 1, 2].map((column) => {
        const [a, b, c] = [0, 3, 6].map((row) => (taps[row + column] as Local).get) as [Code, Code, Code];
        return four(a, b, c, (row, value) => (columns[3 * row + column] as Local).set(value));
      }),
      indices.map((row) => {
        const [a, b, c] = [0, 1, 2].map((column) => (columns[3 * row + column] as Local).get) as [Code, Code, Code];
        return four(a, b, c, (column, value) => v128.store(target.get, value, (4 * row + column) * step));
      }),
    ];
    return forRange(channel, 0, channels, 1, [
      from.set(weights.get),
      forRange(source, 0, sourceChannels, 4, [filter, advance(from, 4 * lane), advance(target, 16)]),
      advance(weights, across),
    ]);
  });
}

export interface FilterSizes {
  readonly filters: number;
  readonly channels: number;
  /** Bytes from one of the sixteen points to the next. */
  readonly step: number;
  readonly filterBytes: number;
}

/**
 * (points, dw): Gᵀ·m·G as 3×3 filters, for `filters` rows of `channels` neighbouring channels each; filters of dw are
 * `filterBytes` apart. What is stored passes through the epilogue.
 */
export function filterTransform(
  { filters, channels, step, filterBytes }: FilterSizes,
  epilogue: Epilogue | null,
  fma: boolean,
): FunctionCode {
  return defineFunction(`winograd filters ${filters}×${channels}`, ['i32', 'i32'], (parameters, local) => {
    const [from, dw] = parameters;
    const [filter, channel, to] = [local('i32'), local('i32'), local('i32')];
    const [sum, difference, result] = [local('v128'), local('v128'), local('v128')];
    const rows = Array.from({ length: 12 }, () => local('v128')); // [row of Gᵀ·m][column]
    const three = (numbers: readonly Code[], write: (row: number, value: Code) => Code): Code => {
      const [a, b, c, d] = numbers as [Code, Code, Code, Code];
      return [
        sum.set(mul(add(b, c), half)),
        difference.set(mul(sub(b, c), half)),
        write(0, add(a, sum.get)),
        write(1, difference.get),
        write(2, add(sum.get, d)),
      ];
    };
    const load = (row: number, column: number) => v128.load(from.get, (4 * row + column) * step);
    const place = { displacement: [], axis: 0, step: 1, lanes: 4 } as const;
    const tile = (finish: Finish) => [
      indices.map((column) =>
        three(
          indices.map((row) => load(row, column)),
          (row, value) => (rows[4 * row + column] as Local).set(value),
        ),
      ),
      [0, 1, 2].map((row) =>
        three(
          indices.map((column) => (rows[4 * row + column] as Local).get),
          (column, value) => [
            result.set(value),
            finish(result, place, to, (address, taps) =>
              indices.map((lane) => v128.store32Lane(address, taps.get, lane, 4 * (9 * lane + 3 * row + column))),
            ),
          ],
        ),
      ),
    ];
    return epilogueCode(
      epilogue,
      [],
      local,
      fma,
    )([], (finish) =>
      forRange(filter, 0, filters, 1, [
        to.set(dw.get),
        forRange(channel, 0, channels, 4, [tile(finish), advance(from, 16), advance(to, 144)]),
        advance(dw, filterBytes),
      ]),
    );
  });
}
