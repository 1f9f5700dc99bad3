// Forward convolution and input gradient: tables and transposed weights are made once a call, the halo copy once an image and
// group; then blocks of output channels run over every grid. The part of the work is images × groups × blocks of channels.
import type { Code, FunctionCode } from '../encoder/code.ts';
import { call, doWhile, forRange, ifElse, select } from '../encoder/control.ts';
import { defineFunction, type Local, type Locals, locals } from '../encoder/function.ts';
import { f32, i32, memoryFill, plusBytes } from '../encoder/instructions.ts';
import { advance, rowCopier } from './conv2d-copy.ts';
import { type Band, type Correlation, filledPlaces, type Grid } from './conv2d-plan.ts';
import { cellsFunction, channelsPerTable, weightRowBytes } from './conv2d-tiles.ts';
import type { EmitOptions } from './emitter.ts';
import { besidesOf, toDistances } from './epilogue.ts';
import { roundUp } from './gemm-plan.ts';

/** Channels of a block, when images and groups are too few to be shared out. */
const blockChannels = 12;
const enoughParts = 8;

interface Workspace {
  /** Byte offsets, one a grid. */
  readonly tables: readonly number[];
  readonly weights: readonly number[];
  readonly halo: number;
  readonly haloBytes: number;
  readonly bytes: number;
}

/** Where tables, transposed weights and the halo copy lie in the workspace, in bytes. */
export function correlationWorkspace(plan: Correlation): Workspace {
  let bytes = 0;
  const take = (count: number): number => {
    const at = bytes;
    bytes += roundUp(count, 64);
    return at;
  };
  const tables = plan.grids.map((grid) => take(4 * grid.taps.length * channelsPerTable(plan, grid)));
  const weights = plan.grids.map((grid) =>
    take(plan.transposesWeights ? plan.groups * plan.channels * weightRowBytes(plan, grid) : 0),
  );
  const haloBytes = plan.halo === null ? 0 : plan.sourceChannels * plan.channelBytes;
  const halo = take(haloBytes === 0 ? 0 : haloBytes + 64);
  return { tables, weights, halo, haloBytes, bytes };
}

function blocksOf({ batch, groups, channels }: Correlation): number {
  return batch * groups >= enoughParts ? 1 : Math.ceil(channels / blockChannels);
}

/** How many parts threads can share: images × groups × blocks of channels. */
export function correlationExtent(plan: Correlation): number {
  return plan.batch * plan.groups * blocksOf(plan);
}

/** `count` as parts of `most` and one that is smaller: [size, how many]. */
function parts(count: number, most: number): (readonly [number, number])[] {
  return (
    [
      [most, Math.floor(count / most)],
      [count % most, 1],
    ] as const
  ).filter(([size, times]) => size * times > 0);
}

/** A function of addresses of operands and the workspace that does the parts it is given. */
export function emitCorrelation(plan: Correlation, name: string, options: EmitOptions): FunctionCode {
  const operandCount = plan.epilogue?.inputs.length ?? 0;
  const besidesCount = besidesOf(plan.epilogue);
  const places = correlationWorkspace(plan);
  const blocks = blocksOf(plan);
  const planeBytes = 4 * plan.outSize[0] * plan.outSize[1];
  const cells = new Map<string, FunctionCode>();
  const cellsOf = (grid: Grid, rows: number): FunctionCode => {
    const key = `${plan.grids.indexOf(grid)} ${rows}`;
    const code = cells.get(key) ?? cellsFunction(plan, grid, rows, options);
    cells.set(key, code);
    return code;
  };
  const count = operandCount + besidesCount + 6;
  return defineFunction(name, new Array<'i32'>(count).fill('i32'), (parameters, local) => {
    const [source, weights] = parameters as Locals<2>;
    const [operands, output] = [parameters.slice(2, 2 + operandCount), parameters[2 + operandCount] as Local];
    const besides = parameters.slice(3 + operandCount, -3);
    const [workspace, from, to] = parameters.slice(-3) as readonly Local[] as Locals<3>;
    const [unit, matrix, image, block, blockEnd, channel, round, planes] = locals(local, 'i32', 8);
    const firstChannel = local('i32');
    const at = (offset: number) => plusBytes(workspace.get, offset);

    const times = (value: Code, factor: number): Code => i32.mul(value, i32.const(factor));
    const cellsCode = (grid: Grid, rows: number, { from: first, to: end, ...taps }: Band): Code => {
      const i = plan.grids.indexOf(grid);
      const weightStart = plan.transposesWeights ? at(places.weights[i] as number) : weights.get;
      const outputPlane = i32.add(times(image.get, plan.groups * plan.channels), channel.get);
      const outputStart = (grid.start[0] + first * grid.step[0]) * plan.outSize[1] + grid.start[1];
      const table = places.tables[i] as number;
      const tableEnd = taps.end * channelsPerTable(plan, grid);
      return call(
        cellsOf(grid, rows),
        plusBytes(planes.get, first * plan.rowBytes),
        plusBytes(i32.add(weightStart, times(channel.get, weightRowBytes(plan, grid))), 4 * taps.first),
        plusBytes(i32.add(output.get, times(outputPlane, planeBytes)), 4 * outputStart),
        at(table + 4 * taps.first),
        at(table + 4 * tableEnd),
        image.get,
        channel.get,
        i32.const(first),
        i32.const(end),
        ...[...operands, ...besides].map(({ get }) => get),
      );
    };
    const channelsCode = (count: number): Code =>
      parts(count, options.tile.rows).map(([rows, repeats]) =>
        forRange(round, 0, repeats, 1, [
          plan.grids.map((grid) => grid.bands.map((band) => cellsCode(grid, rows, band))),
          advance(channel, rows),
        ]),
      );

    const lastBlock = plan.channels - (blocks - 1) * blockChannels;
    const blocksCode =
      blocks === 1
        ? channelsCode(plan.channels)
        : doWhile(
            [
              ifElse(i32.eq(block.get, i32.const(blocks - 1)), channelsCode(lastBlock), channelsCode(blockChannels)),
              advance(block, 1),
            ],
            i32.ltS(block.get, blockEnd.get),
          );
    const sourceBytes = 4 * plan.sourceChannels * plan.sourceSize[0] * plan.sourceSize[1];
    const sourcePlanes = i32.add(source.get, i32.mul(matrix.get, i32.const(sourceBytes)));
    const partEnd = i32.add(block.get, i32.sub(to.get, unit.get));
    const units = doWhile(
      [
        matrix.set(i32.divS(unit.get, i32.const(blocks))),
        block.set(i32.sub(unit.get, i32.mul(matrix.get, i32.const(blocks)))),
        blockEnd.set(select(i32.ltS(partEnd, i32.const(blocks)), partEnd, i32.const(blocks))),
        unit.set(i32.add(unit.get, i32.sub(blockEnd.get, block.get))),
        image.set(i32.divS(matrix.get, i32.const(plan.groups))),
        firstChannel.set(i32.mul(i32.remS(matrix.get, i32.const(plan.groups)), i32.const(plan.channels))),
        channel.set(i32.add(firstChannel.get, i32.mul(block.get, i32.const(blockChannels)))),
        plan.halo === null
          ? planes.set(sourcePlanes)
          : [planes.set(at(places.halo)), call(haloFunction(plan), sourcePlanes, planes.get)],
        blocksCode,
      ],
      i32.ltS(unit.get, to.get),
    );
    const setUp = [
      toDistances(besides, output),
      plan.grids.map((grid, i) => fillTable(plan, grid, at(places.tables[i] as number), round, channel)),
      plan.transposesWeights ? call(weightTransposer(plan, places), weights.get, workspace.get) : [],
      places.haloBytes === 0 ? [] : memoryFill(at(places.halo), i32.const(0), i32.const(places.haloBytes)),
    ];
    return ifElse(i32.ltS(from.get, to.get), [setUp, unit.set(from.get), units]);
  });
}

/** Bytes from a cell to each of its taps in the channels of one round. */
function fillTable(plan: Correlation, grid: Grid, table: Code, round: Local, entry: Local): Code {
  return [
    entry.set(table),
    forRange(round, 0, channelsPerTable(plan, grid), 1, [
      grid.taps.map(({ sourceBytes }, i) =>
        i32.store(entry.get, i32.add(i32.mul(round.get, i32.const(plan.channelBytes)), i32.const(sourceBytes)), 4 * i),
      ),
      advance(entry, 4 * grid.taps.length),
    ]),
  ];
}

/** (weights OI, workspace): for every grid its own taps, IO. */
function weightTransposer(plan: Correlation, places: Workspace): FunctionCode {
  return defineFunction('conv2d transpose weights', ['i32', 'i32'], (parameters, local) => {
    const [weights, workspace] = parameters;
    const [group, channel, sourceChannel, from] = locals(local, 'i32', 4);
    const to = plan.grids.map(() => local('i32'));
    const kernelBytes = 4 * plan.kernelArea;
    const copies = plan.grids.map(({ taps }, i) => {
      const target = to[i] as Local;
      return [
        taps.map(({ weight }, t) => f32.store(target.get, f32.load(from.get, 4 * weight), 4 * t)),
        advance(target, 4 * taps.length),
      ];
    });
    return [
      to.map((target, i) => target.set(plusBytes(workspace.get, places.weights[i] as number))),
      forRange(group, 0, plan.groups, 1, [
        forRange(channel, 0, plan.channels, 1, [
          from.set(i32.add(weights.get, i32.mul(channel.get, i32.const(kernelBytes)))),
          forRange(sourceChannel, 0, plan.sourceChannels, 1, [copies, advance(from, plan.channels * kernelBytes)]),
        ]),
        advance(weights, plan.sourceChannels * plan.channels * kernelBytes),
      ]),
    ];
  });
}

/** (planes of one image and group, halo buffer): every source element that some tap may read. */
function haloFunction(plan: Correlation): FunctionCode {
  const { rows, columns } = plan.halo as NonNullable<Correlation['halo']>;
  const sourceRowBytes = 4 * plan.sourceSize[1];
  return defineFunction('conv2d halo', ['i32', 'i32'], (parameters, local) => {
    const [source, target] = parameters;
    const [channel, row, from, to] = locals(local, 'i32', 4);
    const copier = rowCopier(local);
    const line = columns.residues.map((residue, i) => {
      const [first, end] = filledPlaces(columns, residue);
      const sourceColumn = columns.step * first + residue - columns.before;
      const targetColumn = i * columns.length + first;
      return copier.copy(from.get, 4 * sourceColumn, columns.step, to.get, 4 * targetColumn, end - first);
    });
    const plane = rows.residues.map((residue, i) => {
      const [first, end] = filledPlaces(rows, residue);
      const sourceRow = rows.step * first + residue - rows.before;
      return [
        from.set(plusBytes(source.get, sourceRow * sourceRowBytes)),
        to.set(plusBytes(target.get, (i * rows.length + first) * plan.rowBytes)),
        forRange(row, first, end, 1, [line, advance(from, rows.step * sourceRowBytes), advance(to, plan.rowBytes)]),
      ];
    });
    return forRange(channel, 0, plan.sourceChannels, 1, [
      plane,
      advance(source, plan.sourceSize[0] * sourceRowBytes),
      advance(target, plan.channelBytes),
    ]);
  });
}
