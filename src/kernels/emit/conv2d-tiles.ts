// The hot part of a correlation: some output channels of one grid of one image. Tiles are channels × vectors of neighbouring
// cells; the reduction loop walks a table of byte distances, one an (input channel, tap), while weights lie in sequence.
import type { Code, FunctionCode } from '../encoder/code.ts';
import { branchIf, doWhile, forRange, ifElse, loop } from '../encoder/control.ts';
import { defineFunction, type Local, type Locals, locals } from '../encoder/function.ts';
import { i32, v128 } from '../encoder/instructions.ts';
import { advance } from './conv2d-copy.ts';
import type { Correlation, Grid } from './conv2d-plan.ts';
import type { EmitOptions } from './emitter.ts';
import { besidesOf, epilogueCode } from './epilogue.ts';
import { storeStrided, tileMaker, vectorsBeside } from './tile.ts';

/** Most table entries of one grid, so that the table stays in the first-level cache. */
const tableLimit = 256;

/** Whether some rows leave taps out. */
function isBanded({ bands, taps }: Grid): boolean {
  return bands.some(({ first, end }) => end - first < taps.length);
}

/** Source channels that one round through the table covers: a divisor of all. */
export function channelsPerTable(plan: Correlation, grid: Grid): number {
  if (isBanded(grid)) return 1;
  for (let count = plan.sourceChannels; count > 1; count--) {
    if (plan.sourceChannels % count === 0 && count * grid.taps.length <= tableLimit) return count;
  }
  return 1;
}

/** Bytes between the weights of neighbouring output channels. */
export function weightRowBytes(plan: Correlation, grid: Grid): number {
  return 4 * plan.sourceChannels * (plan.transposesWeights ? grid.taps.length : plan.kernelArea);
}

/** Four or fewer cells of one grid row. */
interface CellVector {
  readonly row: number;
  readonly column: number;
  readonly lanes: number;
}

/**
 * (source, weights, output, table, its end, image, channel, first row, end of rows, operands…, distances…) → `rows` channels of
 * some rows of a grid; the addresses are those of the first row's first cell and tap.
 */
export function cellsFunction(plan: Correlation, grid: Grid, rows: number, options: EmitOptions): FunctionCode {
  const operandCount = (plan.epilogue?.inputs.length ?? 0) + besidesOf(plan.epilogue);
  const [height, width] = grid.count;
  const [rowStep, columnStep] = grid.step;
  const planeBytes = 4 * plan.outSize[0] * plan.outSize[1];
  const outRowBytes = 4 * plan.outSize[1] * rowStep;
  const name = `conv2d cells ${rows}×${height}×${width}`;
  return defineFunction(name, new Array<'i32'>(9 + operandCount).fill('i32'), (parameters, local) => {
    const [source, weights, output, table, entryEnd, image, channel, firstRow, endRow] = parameters as Locals<9>;
    const [weight, cell, entry, skipped, tap, channelEnd] = locals(local, 'i32', 6);
    const [sourceRow, outputRow, sourceNow, outputNow, u, v] = locals(local, 'i32', 6);
    const makeTile = tileMaker(local, options.fma);
    const toMemory = epilogueCode(plan.epilogue, parameters.slice(9), local, options.fma);
    const weightBytes = weightRowBytes(plan, grid);
    const perTable = channelsPerTable(plan, grid);
    const banded = isBanded(grid);
    const mayBeEmpty = grid.bands.some(({ first, end }) => first === end);

    const tile = (vectors: readonly CellVector[]): Code => {
      const registers = makeTile(rows, vectors.length);
      const cells = (vector: CellVector) => vector.row * plan.rowBytes + 4 * vector.column;
      const step = registers.step(
        (row) => v128.load32Splat(weight.get, row * weightBytes),
        (j) => v128.load(tap.get, cells(vectors[j] as CellVector)),
      );
      const taps = [
        entry.set(table.get),
        loop([
          tap.set(i32.add(cell.get, i32.load(entry.get))),
          step,
          advance(weight, 4),
          branchIf(0, i32.ne(entry.tee(i32.add(entry.get, i32.const(4))), entryEnd.get)),
        ]),
        banded ? weight.set(i32.add(weight.get, skipped.get)) : [],
      ];
      const more = i32.ne(cell.tee(i32.add(cell.get, i32.const(perTable * plan.channelBytes))), channelEnd.get);
      const sum = [
        weight.set(weights.get),
        cell.set(sourceNow.get),
        channelEnd.set(i32.add(sourceNow.get, i32.const(plan.sourceChannels * plan.channelBytes))),
        perTable === plan.sourceChannels ? taps : loop([taps, branchIf(0, more)]),
      ];
      const coordinate = (axis: 0 | 1, at: Local) =>
        i32.add(i32.const(grid.start[axis]), i32.mul(at.get, i32.const(grid.step[axis])));
      return [
        registers.clear(),
        grid.taps.length * plan.sourceChannels === 0
          ? []
          : mayBeEmpty
            ? ifElse(i32.ne(table.get, entryEnd.get), sum)
            : sum,
        toMemory([image.get, channel.get, coordinate(0, u), coordinate(1, v)], (finish) =>
          registers.accumulators.map((line, i) =>
            line.map((register, j) => {
              const { row, column, lanes } = vectors[j] as CellVector;
              const displacement = [0, i, row * rowStep, column * columnStep];
              const offset = i * planeBytes + row * outRowBytes + 4 * column * columnStep;
              return finish(register, { displacement, axis: 3, step: columnStep, lanes }, outputNow, (to, value) =>
                storeStrided(to, value, lanes, offset, 4 * columnStep),
              );
            }),
          ),
        ),
      ];
    };

    const across = Math.ceil(width / 4);
    const wide = Math.min(vectorsBeside(rows, options.fma), Math.max(across, across * height));
    const lanesOf = (column: number) => Math.min(4, width - column);
    const vectorsAt = (row: number, first: number, count: number): CellVector[] =>
      Array.from({ length: count }, (_, j) => ({ row, column: 4 * j, lanes: lanesOf(first + 4 * j) }));

    // Whole tiles along a row, while all their lanes are real.
    const panels = Math.floor(Math.floor(width / 4) / wide);
    const nextRows = (count: number) => [
      advance(sourceRow, count * plan.rowBytes),
      advance(outputRow, count * outRowBytes),
      advance(u, count),
    ];
    /** Runs over the rows; `body` may reach over `count` of them. */
    const eachRows = (count: number, body: Code): Code => {
      const fits = i32.leS(u.get, i32.sub(endRow.get, i32.const(count)));
      return ifElse(fits, doWhile([body, nextRows(count)], fits));
    };
    const start = [sourceRow.set(source.get), outputRow.set(output.get), u.set(firstRow.get)];
    const wholeTiles =
      panels === 0
        ? []
        : eachRows(1, [
            sourceNow.set(sourceRow.get),
            outputNow.set(outputRow.get),
            forRange(v, 0, 4 * wide * panels, 4 * wide, [
              tile(vectorsAt(0, 0, wide)),
              advance(sourceNow, 16 * wide),
              advance(outputNow, 16 * wide * columnStep),
            ]),
          ]);

    // What is left of every row: several rows share a tile.
    const covered = 4 * wide * panels;
    const left = across - wide * panels;
    const together = left === 0 ? 0 : Math.min(height, Math.max(1, Math.floor(wide / left)));
    const leftTile = (count: number): Code => [
      sourceNow.set(i32.add(sourceRow.get, i32.const(4 * covered))),
      outputNow.set(i32.add(outputRow.get, i32.const(4 * covered * columnStep))),
      v.set(i32.const(covered)),
      tile(Array.from({ length: count }, (_, row) => vectorsAt(row, covered, left)).flat()),
    ];
    const rest = banded ? 1 : height % Math.max(1, together);
    const ends =
      together === 0
        ? []
        : [
            start,
            eachRows(together, leftTile(together)),
            together > 1 && rest > 0 ? eachRows(rest, leftTile(rest)) : [],
          ];
    const skip = i32.sub(i32.const(4 * grid.taps.length), i32.sub(entryEnd.get, table.get));
    return [banded ? skipped.set(skip) : [], start, wholeTiles, ends];
  });
}
