// dw[o, c, k, l] = Σ over images and cells of dy · x: long dot products. For each tap column l the rows of x are copied so
// that neighbouring cells are neighbours in memory with dy's own pitch; then both are read in one run without gaps. Four
// partial sums by lane, added at the end of a run of images; which images form a run depends on the geometry alone.
import type { Conv2dGeometry, Conv2dSpec, Epilogue } from '../../program/kernel-spec.ts';
import type { Code, FunctionCode } from '../encoder/code.ts';
import { branchIf, call, doWhile, forRange, ifElse, loop, select } from '../encoder/control.ts';
import { defineFunction, locals } from '../encoder/function.ts';
import { f32, f32x4, i32, i32x4, memoryFill, v128 } from '../encoder/instructions.ts';
import { advance, rowCopier } from './conv2d-copy.ts';
import { evenParts, filledPlaces, flattenPointwise, forwardAxis, type HaloAxis } from './conv2d-plan.ts';
import type { EmitOptions } from './emitter.ts';
import { epilogueCode, type Store } from './epilogue.ts';
import { roundUp } from './gemm-plan.ts';
import { tileMaker, vectorsBeside } from './tile.ts';

/** Elements of one run: long enough for the closing sums not to matter, short enough for the first-level cache. */
const runElements = 1024;
const blockFilters = 12;
const enoughParts = 8;
/** Most planes of one tile; filters fill the registers beside them. */
const tilePlanes = 4;

export interface WeightGradient {
  readonly geometry: Conv2dGeometry;
  readonly epilogue: Epilogue | null;
  readonly channels: number;
  readonly filters: number;
  /** A plane of x for every tap column (or, for kernels one wide, for several channels). */
  readonly planes: number;
  readonly blockChannels: number;
  /** Null when x is read in place. */
  readonly rows: HaloAxis | null;
  /** For each tap column the element of x's row that cell 0 reads. */
  readonly columnStarts: readonly number[];
  /** Elements from a plane's start to the first cell's row, for each tap row. */
  readonly tapRows: readonly number[];
  readonly planeElements: number;
  /** Images that are summed in one run. */
  readonly images: number;
  /** Blocks of channels over all groups × blocks of filters. */
  readonly channelBlocks: number;
  readonly filterBlocks: number;
  readonly workspaceBytes: number;
}

/** How rows are copied, taps grouped and sums blocked for these sizes. */
export function planWeightGradient(spec: Conv2dSpec): WeightGradient {
  const { geometry: g, epilogue } = flattenPointwise(spec);
  const [channels, filters] = [g.inChannels / g.groups, g.outChannels / g.groups];
  const [, kernelWidth] = g.kernel;
  const width = g.outSize[1];
  const { halo, grids } = forwardAxis(g.inSize[0], g.outSize[0], g.kernel[0], g.stride[0], g.dilation[0], g.padding[0]);
  const taps = grids[0]?.taps ?? [];
  const columnStarts = Array.from({ length: kernelWidth }, (_, l) => l * g.dilation[1] - g.padding[1]);
  const lowest = -halo.before;
  const highest = Math.max(...taps.map(({ shift }) => shift)) - halo.before + g.outSize[0];
  const inPlace =
    kernelWidth === 1 &&
    g.stride[0] === 1 &&
    g.stride[1] === 1 &&
    g.padding[1] === 0 &&
    width === g.inSize[1] &&
    lowest >= 0 &&
    highest <= g.inSize[0];
  const blockChannels = kernelWidth === 1 ? largestDivisor(channels, tilePlanes) : 1;
  const planes = blockChannels * kernelWidth;
  const planeElements = inPlace ? g.inSize[0] * g.inSize[1] : halo.residues.length * halo.length * width;
  const tapRows = taps.map(({ residue, shift }) =>
    inPlace ? (shift - halo.before) * width : (residue * halo.length + shift) * width,
  );
  const images = Math.max(1, Math.min(g.batch, Math.ceil(runElements / Math.max(1, g.outSize[0] * width))));
  const channelBlocks = g.inChannels / blockChannels;
  return {
    geometry: g,
    epilogue,
    channels,
    filters,
    planes,
    blockChannels,
    rows: inPlace ? null : halo,
    columnStarts,
    tapRows,
    planeElements,
    images,
    channelBlocks,
    filterBlocks: channelBlocks >= enoughParts ? 1 : Math.ceil(filters / blockFilters),
    workspaceBytes: inPlace ? 0 : roundUp(4 * images * planes * planeElements, 64) + 64,
  };
}

function largestDivisor(count: number, limit: number): number {
  for (let divisor = Math.min(count, limit); divisor > 1; divisor--) if (count % divisor === 0) return divisor;
  return 1;
}

/** How many parts threads can share: blocks of channels × blocks of filters. */
export function weightGradientExtent(plan: WeightGradient): number {
  return plan.channelBlocks * plan.filterBlocks;
}

/** A function of addresses of operands and the workspace that does the parts it is given. */
export function emitWeightGradient(plan: WeightGradient, name: string, options: EmitOptions): FunctionCode {
  const { geometry: g, channels, filters, planes, images } = plan;
  const [kernelHeight, kernelWidth] = g.kernel;
  const kernelArea = kernelHeight * kernelWidth;
  const cells = g.outSize[0] * g.outSize[1];
  const inBytes = 4 * g.inSize[0] * g.inSize[1];
  const copied = plan.rows !== null;
  const tiles = new Map<string, FunctionCode>();
  const tileOf = (rows: number, columns: number): FunctionCode => {
    const key = `${rows} ${columns}`;
    const code = tiles.get(key) ?? dotFunction(plan, rows, columns, options);
    tiles.set(key, code);
    return code;
  };
  return defineFunction(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (parameters, local) => {
    const [x, dy, dw, workspace, from, to] = parameters;
    const [unit, channelBlock, channel, group, block, image, count, filter, round] = locals(local, 'i32', 9);
    const xPlanes = local('i32');

    /** All taps of `rows` filters from `filter` on, over the images of this run. */
    const filtersCode = (rows: number, columns: number, firstPlane: number): Code =>
      plan.tapRows.map((tapRow, k) =>
        call(
          tileOf(rows, columns),
          i32.add(xPlanes.get, i32.const(4 * (firstPlane * plan.planeElements + tapRow))),
          i32.add(
            dy.get,
            i32.mul(i32.add(i32.mul(image.get, i32.const(g.outChannels)), filter.get), i32.const(4 * cells)),
          ),
          i32.add(
            i32.add(dw.get, i32.const(4 * (k * kernelWidth + firstPlane * planeStep(plan)))),
            i32.add(
              i32.mul(filter.get, i32.const(4 * channels * kernelArea)),
              i32.mul(i32.remS(channel.get, i32.const(channels)), i32.const(4 * kernelArea)),
            ),
          ),
          count.get,
          i32.ne(image.get, i32.const(0)),
          i32.eq(i32.add(image.get, count.get), i32.const(g.batch)),
        ),
      );
    const filterRange = (length: number): Code => {
      let firstPlane = 0;
      return evenParts(planes, tilePlanes).map(([columns, times]) =>
        Array.from({ length: times }, () => {
          const first = firstPlane;
          firstPlane += columns;
          return [
            filter.set(i32.add(i32.mul(group.get, i32.const(filters)), i32.mul(block.get, i32.const(blockFilters)))),
            evenParts(length, vectorsBeside(columns, options.fma)).map(([rows, repeats]) =>
              forRange(round, 0, repeats, 1, [filtersCode(rows, columns, first), advance(filter, rows)]),
            ),
          ];
        }),
      );
    };
    const lastBlock = filters - (plan.filterBlocks - 1) * blockFilters;
    const filterCode =
      plan.filterBlocks === 1
        ? filterRange(filters)
        : ifElse(
            i32.eq(block.get, i32.const(plan.filterBlocks - 1)),
            filterRange(lastBlock),
            filterRange(blockFilters),
          );

    const xAt = i32.add(
      x.get,
      i32.mul(i32.add(i32.mul(image.get, i32.const(g.inChannels)), channel.get), i32.const(inBytes)),
    );
    const left = i32.sub(i32.const(g.batch), image.get);
    const runs = forRange(image, 0, g.batch, images, [
      count.set(select(i32.ltS(left, i32.const(images)), left, i32.const(images))),
      copied
        ? [xPlanes.set(workspace.get), call(planesFunction(plan), xAt, workspace.get, count.get)]
        : xPlanes.set(xAt),
      filterCode,
    ]);
    return ifElse(i32.ltS(from.get, to.get), [
      copied ? memoryFill(workspace.get, i32.const(0), i32.const(4 * images * planes * plan.planeElements)) : [],
      unit.set(from.get),
      doWhile(
        [
          channelBlock.set(i32.divS(unit.get, i32.const(plan.filterBlocks))),
          block.set(i32.remS(unit.get, i32.const(plan.filterBlocks))),
          channel.set(i32.mul(channelBlock.get, i32.const(plan.blockChannels))),
          group.set(i32.divS(channel.get, i32.const(channels))),
          runs,
          advance(unit, 1),
        ],
        i32.ltS(unit.get, to.get),
      ),
    ]);
  });
}

/** Elements of dw between neighbouring planes. */
function planeStep({ geometry, blockChannels }: WeightGradient): number {
  return blockChannels > 1 ? geometry.kernel[0] : 1;
}

/**
 * (planes of x, dy, dw, images, adds, ends): dot products of `rows` filters with `columns` planes; `adds` keeps what dw holds, `ends`
 * sends the sums through the epilogue.
 */
function dotFunction(plan: WeightGradient, rows: number, columns: number, options: EmitOptions): FunctionCode {
  const { geometry: g } = plan;
  const cells = g.outSize[0] * g.outSize[1];
  const planeBytes = 4 * plan.planeElements;
  const name = `conv2d dots ${rows}×${columns}×${cells}`;
  return defineFunction(name, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (parameters, local) => {
    const [x, dy, dw, images, adds, ends] = parameters;
    const [xNow, dyNow, end] = [local('i32'), local('i32'), local('i32')];
    const sum = local('v128');
    const registers = tileMaker(local, options.fma)(columns, rows);
    const whole = Math.floor(cells / 4);
    const rest = cells % 4;
    const mask = i32x4.const(-1, rest > 1 ? -1 : 0, rest > 2 ? -1 : 0, 0);
    const masked = (code: Code, masks: boolean) => (masks ? v128.and(code, mask) : code);
    // The tile's rows are planes, its vectors filters: dy is held, x passes by.
    const step = (masks: boolean) =>
      registers.step(
        (plane) => masked(v128.load(xNow.get, plane * planeBytes), masks),
        (filter) => masked(v128.load(dyNow.get, filter * 4 * cells), masks),
      );
    const imageBytes = plan.rows === null ? 4 * g.inChannels * plan.planeElements : plan.planes * planeBytes;
    const run = [
      xNow.set(x.get),
      dyNow.set(dy.get),
      whole === 0
        ? []
        : [
            end.set(i32.add(x.get, i32.const(16 * whole))),
            loop([
              step(false),
              advance(dyNow, 16),
              branchIf(0, i32.ne(xNow.tee(i32.add(xNow.get, i32.const(16))), end.get)),
            ]),
          ],
      rest === 0 ? [] : step(true),
      advance(x, imageBytes),
      advance(dy, 4 * cells * g.outChannels),
      advance(images, -1),
    ];
    const filterBytes = 4 * plan.channels * g.kernel[0] * g.kernel[1];
    const columnBytes = 4 * planeStep(plan);
    const toMemory = epilogueCode(plan.epilogue, [], local, options.fma);
    const place = { displacement: [], axis: 0, step: 1, lanes: 1 } as const;
    const storedBelow: Store = () => [];
    const closing = toMemory([], (finish) =>
      registers.accumulators.map((line, plane) =>
        line.map((register, filter) => {
          const offset = filter * filterBytes + plane * columnBytes;
          const halves = f32x4.add(register.get, v128.shuffle32(register.get, register.get, [2, 3, 0, 1]));
          return [
            sum.set(halves),
            sum.set(f32x4.add(sum.get, v128.shuffle32(sum.get, sum.get, [1, 0, 3, 2]))),
            ifElse(adds.get, sum.set(f32x4.add(v128.load32Zero(dw.get, offset), sum.get))),
            plan.epilogue === null ? [] : ifElse(ends.get, finish(sum, place, dw, storedBelow)),
            f32.store(dw.get, f32x4.extractLane(sum.get, 0), offset),
          ];
        }),
      ),
    );
    return [registers.clear(), doWhile(run, images.get), closing];
  });
}

/** (planes of x, buffer, images): for each image and tap column the rows of x as the cells read them. */
function planesFunction(plan: WeightGradient): FunctionCode {
  const { geometry: g } = plan;
  const rows = plan.rows as HaloAxis;
  const width = g.outSize[1];
  const inRowBytes = 4 * g.inSize[1];
  return defineFunction('conv2d tap planes', ['i32', 'i32', 'i32'], (parameters, local) => {
    const [x, target, images] = parameters;
    const [channel, row, source, from, to] = locals(local, 'i32', 5);
    const copier = rowCopier(local);
    const planes = plan.columnStarts.map((start) => {
      const column: HaloAxis = { size: g.inSize[1], step: g.stride[1], before: 0, residues: [start], length: width };
      const [first, end] = filledPlaces(column, start);
      const sourceColumn = g.stride[1] * first + start;
      return [
        rows.residues.map((residue, i) => {
          const [firstRow, endRow] = filledPlaces(rows, residue);
          const sourceRow = rows.step * firstRow + residue - rows.before;
          return [
            from.set(i32.add(source.get, i32.const(sourceRow * inRowBytes))),
            to.set(i32.add(target.get, i32.const(4 * (i * rows.length + firstRow) * width))),
            forRange(row, firstRow, endRow, 1, [
              copier.copy(from.get, 4 * sourceColumn, g.stride[1], to.get, 4 * first, end - first),
              advance(from, rows.step * inRowBytes),
              advance(to, 4 * width),
            ]),
          ];
        }),
        advance(target, 4 * plan.planeElements),
      ];
    });
    return doWhile(
      [
        source.set(x.get),
        forRange(channel, 0, plan.blockChannels, 1, [planes, advance(source, g.inSize[0] * inRowBytes)]),
        advance(x, g.inChannels * g.inSize[0] * inRowBytes),
        advance(images, -1),
      ],
      images.get,
    );
  });
}
