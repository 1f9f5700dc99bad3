// The weight gradient of a 3×3 convolution by Winograd's F(2×2, 3×3): Gᵀ·[Σ over tiles (A·dy·Aᵀ) ⊙ (Bᵀ·x·B)]·G, the sum as sixteen
// matrix products over tiles, block after block. Split by eight channels of x; the sum itself is never split.
import type { Conv2dSpec, GemmSpec } from '../../program/kernel-spec.ts';
import type { Code, FunctionCode } from '../encoder/code.ts';
import { call, doWhile, forRange, ifElse, select } from '../encoder/control.ts';
import { defineFunction, locals } from '../encoder/function.ts';
import { i32, memoryFill, plusBytes } from '../encoder/instructions.ts';
import { advance } from './conv2d-copy.ts';
import type { EmitOptions } from './emitter.ts';
import { gemm } from './gemm.ts';
import { roundUp } from './gemm-plan.ts';
import { channelBlock, cutBlocks, pointBytes, points } from './winograd-plan.ts';
import { filterTransform, gradientTransform, inputTransform, marginRows } from './winograd-transforms.ts';

function planOf({ geometry: g }: Conv2dSpec) {
  const blocks = cutBlocks(g.batch, g.outSize, g.outChannels + channelBlock);
  const { blockTiles, blockRows, rowBytes } = blocks;
  let bytes = 0;
  const take = (count: number): number => {
    const at = bytes;
    bytes += roundUp(count, 64);
    return at;
  };
  const gradientStep = pointBytes(g.outChannels * blockTiles);
  const sourceStep = pointBytes(channelBlock * blockTiles);
  const sumStep = pointBytes(g.outChannels * channelBlock);
  const marginBytes = (2 * blockRows + 2) * rowBytes;
  const product: GemmSpec = {
    op: 'gemm',
    batch: [],
    m: g.outChannels,
    n: channelBlock,
    k: blockTiles,
    a: { offset: 0, batch: [], row: blockTiles, column: 1 },
    b: { offset: 0, batch: [], row: 1, column: blockTiles },
    epilogue: null,
  };
  return {
    ...blocks,
    geometry: g,
    gradientStep,
    sourceStep,
    sumStep,
    marginBytes,
    product,
    gradients: take(points * gradientStep),
    sources: take(points * sourceStep),
    sums: take((g.inChannels / channelBlock) * points * sumStep),
    xMargin: take(marginBytes + 64),
    dyMargin: take(marginBytes + 64),
    gemm: take(gemm.workspaceBytes(product)),
    bytes,
  };
}

/** In bytes. */
export function winogradGradientWorkspace(spec: Conv2dSpec): number {
  return planOf(spec).bytes;
}

/** How many parts threads can share: blocks of input channels. */
export function winogradGradientExtent({ geometry }: Conv2dSpec): number {
  return geometry.inChannels / channelBlock;
}

/** A function of addresses of operands and the workspace that does the parts it is given. */
export function emitWinogradGradient(spec: Conv2dSpec, name: string, options: EmitOptions): FunctionCode {
  const plan = planOf(spec);
  const toFilters = filterTransform(
    {
      filters: plan.geometry.outChannels,
      channels: channelBlock,
      step: plan.sumStep,
      filterBytes: 36 * plan.geometry.inChannels,
    },
    spec.epilogue,
    options.fma,
  );
  const { geometry: g, product, blockRows, blockImages, blockTiles, tileRows, tileColumns, rowBytes } = plan;
  const first = gemm.emit(product, options);
  // What is added to is read where it will be written.
  const sum = { dtype: 'float32', offset: 0, strides: [channelBlock, 1] } as const;
  const further = gemm.emit(
    {
      ...product,
      epilogue: {
        inputs: [sum],
        body: [
          { op: 'input', input: 0 },
          { op: 'input', input: 1 },
          { op: 'add', a: 1, b: 0 },
        ],
      },
    },
    options,
  );
  const x = { size: g.inSize, before: [g.padding[0], g.padding[1]] } as const;
  const dy = { size: g.outSize, before: [0, 0] } as const;
  const [xRows, dyRows] = [marginRows(x, rowBytes), marginRows(dy, rowBytes)];
  const ofSource = inputTransform(rowBytes, tileColumns, plan.sourceStep);
  const ofGradient = gradientTransform(rowBytes, tileColumns, plan.gradientStep);
  const rowBlocks = Math.ceil(tileRows / blockRows);
  const blockTotal = Math.ceil(g.batch / blockImages) * rowBlocks;
  const sumBytes = points * plan.sumStep;
  const inPlane = 4 * g.inSize[0] * g.inSize[1];
  const outPlane = 4 * g.outSize[0] * g.outSize[1];
  return defineFunction(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (parameters, local) => {
    const [source, gradient, dw, workspace, from, to] = parameters;
    const [block, image, imageEnd, row, rows, channel, plane, tiles, point, part] = locals(local, 'i32', 10);
    const tile = local('i32');
    const at = (offset: number) => plusBytes(workspace.get, offset);
    const times = (value: Code, factor: number) => i32.mul(value, i32.const(factor));
    const smaller = (a: Code, b: number) => select(i32.ltS(a, i32.const(b)), a, i32.const(b));

    const eachPlane = (start: Code, count: number, of: number, planeBytes: number, base: number, body: Code): Code => [
      tiles.set(at(base)),
      image.set(times(i32.divS(block.get, i32.const(rowBlocks)), blockImages)),
      doWhile(
        [
          plane.set(i32.add(start, times(image.get, of * planeBytes))),
          tile.set(tiles.get),
          forRange(channel, 0, count, 1, [body, advance(plane, planeBytes), advance(tile, 4 * blockTiles)]),
          advance(tiles, 4 * blockRows * tileColumns),
          advance(image, 1),
        ],
        i32.ltS(image.get, imageEnd.get),
      ),
    ];
    const rowCount = (extra: number) => i32.add(i32.shl(rows.get, i32.const(1)), i32.const(extra));
    const firstRow = (before: number) => i32.sub(i32.shl(row.get, i32.const(1)), i32.const(before));
    const pointAt = (base: Code, step: number) => i32.add(base, times(point.get, step));
    const sums = i32.add(at(plan.sums), times(part.get, sumBytes));
    const operands = [pointAt(at(plan.gradients), plan.gradientStep), pointAt(at(plan.sources), plan.sourceStep)];
    const rest = [at(plan.gemm), i32.const(0), i32.const(gemm.extent(product))];
    const target = pointAt(sums, plan.sumStep);
    const everyPoint = (body: Code) => forRange(point, 0, points, 1, body);
    const lastOfRows = tileRows % blockRows;
    const lastOfImages = g.batch % blockImages;
    const partial = lastOfRows !== 0 || lastOfImages !== 0;
    const body = [
      imageEnd.set(
        smaller(times(i32.add(i32.divS(block.get, i32.const(rowBlocks)), i32.const(1)), blockImages), g.batch),
      ),
      row.set(times(i32.remS(block.get, i32.const(rowBlocks)), blockRows)),
      rows.set(smaller(i32.sub(i32.const(tileRows), row.get), blockRows)),
      // Tiles that a smaller block does not have must not count.
      partial ? memoryFill(at(plan.gradients), i32.const(0), i32.const(points * plan.gradientStep)) : [],
      eachPlane(gradient.get, g.outChannels, g.outChannels, outPlane, plan.gradients, [
        call(dyRows, plane.get, at(plan.dyMargin), firstRow(0), rowCount(0)),
        call(ofGradient, at(plan.dyMargin), tile.get, rows.get),
      ]),
      forRange(part, from.get, to.get, 1, [
        eachPlane(
          i32.add(source.get, times(part.get, channelBlock * inPlane)),
          channelBlock,
          g.inChannels,
          inPlane,
          plan.sources,
          [
            call(xRows, plane.get, at(plan.xMargin), firstRow(g.padding[0]), rowCount(2)),
            call(ofSource, at(plan.xMargin), tile.get, rows.get),
          ],
        ),
        ifElse(
          block.get,
          everyPoint(call(further, ...operands, target, target, ...rest)),
          everyPoint(call(first, ...operands, target, ...rest)),
        ),
      ]),
    ];
    return ifElse(i32.ltS(from.get, to.get), [
      memoryFill(at(plan.xMargin), i32.const(0), i32.const(plan.marginBytes)),
      memoryFill(at(plan.dyMargin), i32.const(0), i32.const(plan.marginBytes)),
      memoryFill(at(plan.sources), i32.const(0), i32.const(points * plan.sourceStep)),
      forRange(block, 0, blockTotal, 1, body),
      forRange(part, from.get, to.get, 1, call(toFilters, sums, i32.add(dw.get, times(part.get, 36 * channelBlock)))),
    ]);
  });
}
