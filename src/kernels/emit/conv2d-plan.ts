// Convolution and its input gradient as one form, a correlation: output cells on a regular grid add up products of weights
// with source cells at constant distances. The source (x, or dy) of one image and group is first copied with a halo of
// zeros; strides split its rows and columns by residue, so that neighbours on the grid are neighbours in memory. The input
// gradient of a strided convolution is one grid for each residue of the stride. Bytes within the halo copy; no code.
import type { Conv2dSpec, Epilogue } from '../../program/kernel-spec.ts';
import { usesCoordinates } from './gemm-plan.ts';

/** One axis of the halo copy: line (residue r, place q) holds source element step·q + residues[r] − before. */
export interface HaloAxis {
  readonly size: number;
  readonly step: number;
  readonly before: number;
  readonly residues: readonly number[];
  readonly length: number;
}

/** How a tap is reached on one axis: place = shift + index on the grid. */
interface AxisTap {
  readonly index: number;
  readonly residue: number;
  readonly shift: number;
}

/** Rows [from, to) of a grid, whose taps [first, end) reach the source; the others would read padding only. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly end: number;
}

/** Output cells start + step·u for u < count on one axis, and the taps that reach them. */
interface AxisGrid {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly taps: readonly AxisTap[];
}

export interface Grid {
  readonly start: readonly [number, number];
  readonly step: readonly [number, number];
  readonly count: readonly [number, number];
  /** Position in the kernel's plane, and bytes in the source from the grid's first cell, in the order of summation. */
  readonly taps: readonly { readonly weight: number; readonly sourceBytes: number }[];
  readonly bands: readonly Band[];
}

export interface Correlation {
  readonly batch: number;
  readonly groups: number;
  /** Channels of the source and of the output, in one group. */
  readonly sourceChannels: number;
  readonly channels: number;
  readonly kernelArea: number;
  readonly outSize: readonly [number, number];
  readonly grids: readonly Grid[];
  /** Null when the source is read in place. */
  readonly halo: { readonly rows: HaloAxis; readonly columns: HaloAxis } | null;
  readonly sourceSize: readonly [number, number];
  /** From one row on the grid to the next, and from one channel to the next, where the tile reads. */
  readonly rowBytes: number;
  readonly channelBytes: number;
  /** Weights lie OI in memory when false, else they are transposed to IO and taps are sorted by grid. */
  readonly transposesWeights: boolean;
  readonly epilogue: Epilogue | null;
}

/** Forward, or the gradient of the input as correlations of the gradient of the output. */
export function planCorrelation(spec: Conv2dSpec): Correlation {
  const { geometry: g, epilogue } = flattenPointwise(spec);
  const forward = spec.direction === 'forward';
  const axes = ([0, 1] as const).map((axis) => {
    const [from, to] = forward ? [g.inSize[axis], g.outSize[axis]] : [g.outSize[axis], g.inSize[axis]];
    const make = forward ? forwardAxis : gradientAxis;
    return make(from, to, g.kernel[axis], g.stride[axis], g.dilation[axis], g.padding[axis]);
  }) as [AxisPlan, AxisPlan];
  const [rows, columns] = [axes[0].halo, axes[1].halo];
  const inPlace = columns.step === 1 && [rows, columns].every(withinSource);

  // In place, element step·q + residue − before is where it always was.
  const width = inPlace ? columns.size : columns.length * columns.residues.length;
  const rowElements = (tap: AxisTap) =>
    inPlace
      ? (rows.step * tap.shift + (rows.residues[tap.residue] as number) - rows.before) * width
      : (tap.residue * rows.length + tap.shift) * width;
  const columnElements = (tap: AxisTap) =>
    inPlace ? tap.shift - columns.before : tap.residue * columns.length + tap.shift;

  const grids = axes[0].grids.flatMap((vertical) =>
    axes[1].grids.map(
      (horizontal): Grid => ({
        start: [vertical.start, horizontal.start],
        step: [vertical.step, horizontal.step],
        count: [vertical.count, horizontal.count],
        taps: vertical.taps.flatMap((row) =>
          horizontal.taps.map((column) => ({
            weight: row.index * g.kernel[1] + column.index,
            sourceBytes: 4 * (rowElements(row) + columnElements(column)),
          })),
        ),
        bands: bandsOf(vertical, rows, horizontal.taps.length),
      }),
    ),
  );
  const [inPerGroup, outPerGroup] = [g.inChannels / g.groups, g.outChannels / g.groups];
  return {
    batch: g.batch,
    groups: g.groups,
    sourceChannels: forward ? inPerGroup : outPerGroup,
    channels: forward ? outPerGroup : inPerGroup,
    kernelArea: g.kernel[0] * g.kernel[1],
    outSize: forward ? g.outSize : g.inSize,
    grids,
    halo: inPlace ? null : { rows, columns },
    sourceSize: forward ? g.inSize : g.outSize,
    rowBytes: 4 * width * (inPlace ? rows.step : 1),
    channelBytes: 4 * width * (inPlace ? rows.size : rows.length * rows.residues.length),
    transposesWeights: !forward,
    epilogue,
  };
}

/** Least share of the products that bands must save, because they take shorter loops. */
const bandsPay = 0.12;

function bandsOf({ count, taps }: AxisGrid, halo: HaloAxis, tapsPerRow: number): Band[] {
  const filled = taps.map(({ residue, shift }) => {
    const [from, to] = filledPlaces(halo, halo.residues[residue] as number);
    return { from: from - shift, to: to - shift };
  });
  const bands: Band[] = [];
  for (let u = 0; u < count; u++) {
    // Taps are sorted along the axis, so that those within the source are neighbours.
    const within = filled.flatMap(({ from, to }, tap) => (from <= u && u < to ? [tap] : []));
    const first = (within[0] ?? 0) * tapsPerRow;
    const end = within.length === 0 ? 0 : ((within.at(-1) as number) + 1) * tapsPerRow;
    const last = bands.at(-1);
    if (last && last.first === first && last.end === end) bands[bands.length - 1] = { ...last, to: u + 1 };
    else bands.push({ from: u, to: u + 1, first, end });
  }
  const all = count * taps.length * tapsPerRow;
  const needed = bands.reduce((sum, { from, to, first, end }) => sum + (to - from) * (end - first), 0);
  return needed <= (1 - bandsPay) * all ? bands : [{ from: 0, to: count, first: 0, end: taps.length * tapsPerRow }];
}

interface AxisPlan {
  readonly halo: HaloAxis;
  readonly grids: readonly AxisGrid[];
}

type AxisMaker = (
  from: number,
  to: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: number,
) => AxisPlan;

/** y[i] reads x[i·stride + k·dilation − padding]: residue and quotient of k·dilation by the stride. */
export const forwardAxis: AxisMaker = (from, to, kernel, stride, dilation, padding) => {
  const reach = Array.from({ length: kernel }, (_, k) => k * dilation);
  const residues = [...new Set(reach.map((at) => at % stride))].sort((a, b) => a - b);
  const taps = reach.map((at, index) => ({
    index,
    residue: residues.indexOf(at % stride),
    shift: Math.floor(at / stride),
  }));
  const length = to + Math.floor(((kernel - 1) * dilation) / stride);
  return {
    halo: { size: from, step: stride, before: padding, residues, length },
    grids: to === 0 ? [] : [{ start: 0, step: 1, count: to, taps }],
  };
};

/** dx[h] reads dy[(h + padding − k·dilation) / stride] wherever that is whole: h of one residue share their taps. */
const gradientAxis: AxisMaker = (from, to, kernel, stride, dilation, padding) => {
  const reads = Array.from({ length: Math.min(stride, to) }, (_, start) => ({
    start,
    step: stride,
    count: Math.ceil((to - start) / stride),
    taps: Array.from({ length: kernel }, (__, index) => ({
      index,
      residue: 0,
      shift: (start + padding - index * dilation) / stride,
    })).filter(({ shift }) => Number.isInteger(shift)),
  }));
  const low = Math.min(...reads.flatMap(({ taps }) => taps.map(({ shift }) => shift)));
  const high = Math.max(...reads.flatMap(({ taps, count }) => taps.map(({ shift }) => shift + count)));
  const before = Number.isFinite(low) ? -low : 0;
  return {
    halo: { size: from, step: 1, before, residues: [0], length: Number.isFinite(low) ? high - low : 0 },
    grids: reads.map((grid) => ({
      ...grid,
      taps: grid.taps.map((tap) => ({ ...tap, shift: tap.shift + before })),
    })),
  };
};

/** Whether no line of the halo lies outside the source. */
function withinSource({ size, step, before, residues, length }: HaloAxis): boolean {
  const first = Math.min(...residues) - before;
  const last = Math.max(...residues) - before + step * (length - 1);
  return length > 0 && first >= 0 && last < size;
}

/** A 1×1 kernel that touches every element once sees a plane as one long row. */
export function flattenPointwise(spec: Conv2dSpec): Pick<Conv2dSpec, 'geometry' | 'epilogue'> {
  const { geometry: g, epilogue } = spec;
  const ones = (pair: readonly number[]) => pair.every((value) => value === 1);
  const pointwise = ones(g.kernel) && ones(g.stride) && g.padding.every((side) => side === 0);
  const [height, width] = g.outSize;
  const joins =
    epilogue === null ||
    (!usesCoordinates(epilogue) && epilogue.inputs.every(({ strides: s }) => s[2] === (s[3] as number) * width));
  if (!pointwise || !joins || height * width === 0) return { geometry: g, epilogue };
  const size: readonly [number, number] = [1, height * width];
  return { geometry: { ...g, inSize: size, outSize: size }, epilogue };
}

/** Places q of one residue's line that hold a source element: [from, to). */
export function filledPlaces({ size, step, before, length }: HaloAxis, residue: number): readonly [number, number] {
  const from = Math.max(0, Math.ceil((before - residue) / step));
  const to = Math.min(length, Math.floor((size - 1 + before - residue) / step) + 1);
  return [from, Math.max(from, to)];
}

/** `count` as equal parts of at most `most`, the larger ones first: [size, how many]. */
export function evenParts(count: number, most: number): (readonly [number, number])[] {
  if (count === 0) return [];
  const parts = Math.ceil(count / most);
  const small = Math.floor(count / parts);
  const larger = count - small * parts;
  return (
    [
      [small + 1, larger],
      [small, parts - larger],
    ] as const
  ).filter(([, times]) => times > 0);
}
