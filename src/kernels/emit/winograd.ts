// Convolution 3×3 by Winograd's F(2×2, 3×3): weights are transformed once a call; then for each block of tiles the sources are
// transformed, sixteen matrix products run over the channels, and the results are transformed back through the epilogue.
// Sums are grouped otherwise than in the direct form: results differ from it in the last bits.
import type { Conv2dSpec, GemmSpec } from '../../program/kernel-spec.ts';
import type { Code, FunctionCode } from '../encoder/code.ts';
import { call, doWhile, forRange, ifElse, select } from '../encoder/control.ts';
import { defineFunction, type Local, type Locals, locals } from '../encoder/function.ts';
import { f32x4, i32, memoryFill, plusBytes, v128 } from '../encoder/instructions.ts';
import { advance } from './conv2d-copy.ts';
import type { EmitOptions } from './emitter.ts';
import { besidesOf, epilogueCode, toDistances } from './epilogue.ts';
import { gemm } from './gemm.ts';
import { roundUp } from './gemm-plan.ts';
import { storeLanes } from './tile.ts';
import { blockCount, planWinograd, pointBytes, points, type WinogradPlan } from './winograd-plan.ts';
import { inputTransform, marginRows, weightTransform } from './winograd-transforms.ts';

/** Byte offsets in the workspace. */
interface Places {
  readonly weights: number;
  readonly weightStep: number;
  readonly sources: number;
  readonly sourceStep: number;
  readonly results: number;
  readonly resultStep: number;
  readonly margin: number;
  readonly marginBytes: number;
  readonly gemm: number;
  readonly bytes: number;
}

function productSpec({ channels, sourceChannels, blockTiles }: WinogradPlan): GemmSpec {
  return {
    op: 'gemm',
    batch: [],
    m: channels,
    n: blockTiles,
    k: sourceChannels,
    a: { offset: 0, batch: [], row: sourceChannels, column: 1 },
    b: { offset: 0, batch: [], row: blockTiles, column: 1 },
    epilogue: null,
  };
}

function placesOf(plan: WinogradPlan): Places {
  const { channels, sourceChannels, blockTiles, blockRows, rowBytes } = plan;
  let bytes = 0;
  const take = (count: number): number => {
    const at = bytes;
    bytes += roundUp(count, 64);
    return at;
  };
  const weightStep = pointBytes(channels * sourceChannels);
  const sourceStep = pointBytes(sourceChannels * blockTiles);
  const resultStep = pointBytes(channels * blockTiles);
  const marginBytes = (2 * blockRows + 2) * rowBytes;
  return {
    weightStep,
    sourceStep,
    resultStep,
    marginBytes,
    weights: take(points * weightStep),
    sources: take(points * sourceStep),
    results: take(points * resultStep),
    margin: take(marginBytes + 64),
    gemm: take(gemm.workspaceBytes(productSpec(plan))),
    bytes,
  };
}

/** In bytes. */
export function winogradWorkspace(spec: Conv2dSpec): number {
  return placesOf(planWinograd(spec)).bytes;
}

/** How many blocks of tiles threads can share. */
export function winogradExtent(spec: Conv2dSpec): number {
  return blockCount(planWinograd(spec));
}

/** A function of addresses of operands and the workspace that does the parts it is given. */
export function emitWinograd(spec: Conv2dSpec, name: string, options: EmitOptions): FunctionCode {
  const plan = planWinograd(spec);
  const places = placesOf(plan);
  const { channels, sourceChannels, source, outSize, tileColumns, blockRows, blockImages, epilogue } = plan;
  const operandCount = epilogue?.inputs.length ?? 0;
  const product = productSpec(plan);
  const multiply = gemm.emit(product, options);
  const rowsOf = marginRows(source, plan.rowBytes);
  const transform = inputTransform(plan.rowBytes, tileColumns, places.sourceStep);
  const finish = outputTransform(plan, places.resultStep, options);
  const sourcePlane = 4 * source.size[0] * source.size[1];
  const outPlane = 4 * outSize[0] * outSize[1];
  const rowBlocks = Math.ceil(plan.tileRows / blockRows);
  const imageTileBytes = 4 * blockRows * tileColumns;
  const count = operandCount + besidesOf(epilogue) + 6;
  return defineFunction(name, new Array<'i32'>(count).fill('i32'), (parameters, local) => {
    const [x, weights] = parameters as Locals<2>;
    const [operands, output] = [parameters.slice(2, 2 + operandCount), parameters[2 + operandCount] as Local];
    const besides = parameters.slice(3 + operandCount, -3);
    const [workspace, from, to] = parameters.slice(-3) as readonly Local[] as Locals<3>;
    const [unit, image, imageEnd, row, rows, channel, plane, tiles, point] = locals(local, 'i32', 9);
    const tile = local('i32');
    const at = (offset: number) => plusBytes(workspace.get, offset);
    const times = (value: Code, factor: number) => i32.mul(value, i32.const(factor));
    const smaller = (a: Code, b: number) => select(i32.ltS(a, i32.const(b)), a, i32.const(b));

    /** Every image and channel of the block; `tiles` stands at the image's first tile of channel 0. */
    const eachPlane = (count: number, base: number, planeBytes: number, buffer: Code, body: Code): Code => [
      tiles.set(at(base)),
      image.set(times(i32.divS(unit.get, i32.const(rowBlocks)), blockImages)),
      doWhile(
        [
          plane.set(i32.add(buffer, times(image.get, count * planeBytes))),
          tile.set(tiles.get),
          forRange(channel, 0, count, 1, [body, advance(plane, planeBytes), advance(tile, 4 * plan.blockTiles)]),
          advance(tiles, imageTileBytes),
          advance(image, 1),
        ],
        i32.ltS(image.get, imageEnd.get),
      ),
    ];
    const pointAt = (offset: number, step: number) => i32.add(at(offset), times(point.get, step));
    const block = [
      imageEnd.set(
        smaller(times(i32.add(i32.divS(unit.get, i32.const(rowBlocks)), i32.const(1)), blockImages), plan.batch),
      ),
      row.set(times(i32.remS(unit.get, i32.const(rowBlocks)), blockRows)),
      rows.set(smaller(i32.sub(i32.const(plan.tileRows), row.get), blockRows)),
      eachPlane(sourceChannels, places.sources, sourcePlane, x.get, [
        call(
          rowsOf,
          plane.get,
          at(places.margin),
          i32.sub(i32.shl(row.get, i32.const(1)), i32.const(source.before[0])),
          i32.add(i32.shl(rows.get, i32.const(1)), i32.const(2)),
        ),
        call(transform, at(places.margin), tile.get, rows.get),
      ]),
      forRange(
        point,
        0,
        points,
        1,
        call(
          multiply,
          pointAt(places.weights, places.weightStep),
          pointAt(places.sources, places.sourceStep),
          pointAt(places.results, places.resultStep),
          at(places.gemm),
          i32.const(0),
          i32.const(gemm.extent(product)),
        ),
      ),
      eachPlane(
        channels,
        places.results,
        outPlane,
        output.get,
        call(finish, ...[tile, plane, image, channel, row, rows, ...operands, ...besides].map(({ get }) => get)),
      ),
    ];
    return ifElse(i32.ltS(from.get, to.get), [
      toDistances(besides, output),
      call(
        weightTransform(channels, sourceChannels, plan.turnsWeights, places.weightStep),
        weights.get,
        at(places.weights),
      ),
      // The margin's zero columns; and numbers where a last block has no tiles, so that no products with denormals slow it.
      memoryFill(at(places.margin), i32.const(0), i32.const(places.marginBytes)),
      memoryFill(at(places.sources), i32.const(0), i32.const(points * places.sourceStep)),
      unit.set(from.get),
      doWhile([block, advance(unit, 1)], i32.ltS(unit.get, to.get)),
    ]);
  });
}

/**
 * (points at the first tile, output plane, image, channel, first tile row, tile rows, operands…, distances…): Aᵀ·m·A of every
 * tile, then the epilogue, then memory.
 */
function outputTransform(plan: WinogradPlan, step: number, options: EmitOptions): FunctionCode {
  const { epilogue, outSize, tileColumns } = plan;
  const [height, width] = outSize;
  const operandCount = (epilogue?.inputs.length ?? 0) + besidesOf(epilogue);
  const { add, sub } = f32x4;
  const rowBytes = 4 * width;
  const name = `winograd output ${height}×${width}`;
  return defineFunction(name, new Array<'i32'>(6 + operandCount).fill('i32'), (parameters, local) => {
    const [from, plane, image, channel, row, rows] = parameters as Locals<6>;
    const toMemory = epilogueCode(epilogue, parameters.slice(6), local, options.fma);
    const [to, left, rowEnd, line, column] = locals(local, 'i32', 5);
    const [a, b, even, odd] = locals(local, 'v128', 4);
    const sums = Array.from({ length: 8 }, () => local('v128')); // [output row][point column]
    const load = (i: number, j: number) => v128.load(from.get, (4 * i + j) * step);
    const gather = [0, 1, 2, 3].map((j) => [
      a.set(load(1, j)),
      b.set(load(2, j)),
      (sums[j] as Local).set(add(add(load(0, j), a.get), b.get)),
      (sums[4 + j] as Local).set(sub(sub(a.get, b.get), load(3, j))),
    ]);
    /** Four tiles with `columns` real columns. */
    const tiles = (columns: number): Code => [
      gather,
      toMemory([image.get, channel.get, line.get, column.get], (finish) =>
        [0, 1].map((r) => {
          const [s0, s1, s2, s3] = sums.slice(4 * r, 4 * r + 4) as readonly Local[] as Locals<4>;
          const store = (part: number, first: Local): Code => {
            const lanes = Math.min(4, columns - 4 * part);
            if (lanes <= 0) return [];
            return [
              first.set(v128.shuffle32(even.get, odd.get, part === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7])),
              finish(first, { displacement: [0, 0, r, 4 * part], axis: 3, step: 1, lanes }, to, (address, value) =>
                storeLanes(address, value, lanes, r * rowBytes + 16 * part),
              ),
            ];
          };
          const stores = [
            even.set(add(add(s0.get, s1.get), s2.get)),
            odd.set(sub(sub(s1.get, s2.get), s3.get)),
            [0, 1].map((part) => store(part, a)),
          ];
          return r === 1 && height % 2 === 1 ? ifElse(i32.ltS(line.get, i32.const(height - 1)), stores) : stores;
        }),
      ),
      advance(from, 16),
    ];
    const whole = Math.floor(width / 8);
    const rest = width % 8;
    const skipped = (tileColumns - 4 * Math.ceil(width / 8)) * 4;
    return [
      line.set(i32.shl(row.get, i32.const(1))),
      rowEnd.set(i32.add(line.get, i32.shl(rows.get, i32.const(1)))),
      left.set(i32.add(plane.get, i32.mul(line.get, i32.const(rowBytes)))),
      doWhile(
        [
          to.set(left.get),
          forRange(column, 0, 8 * whole, 8, [tiles(8), advance(to, 32)]),
          rest === 0 ? [] : [column.set(i32.const(8 * whole)), tiles(rest)],
          advance(from, skipped),
          advance(left, 2 * rowBytes),
          advance(line, 2),
        ],
        i32.ltS(line.get, rowEnd.get),
      ),
    ];
  });
}
