// How one matrix product is walked: roles of its operands, blocks, packing and the axis along which it may be split. Depends
// on the spec alone, never on the tile, so that extents and workspaces can be planned without code.
import type { Access, Epilogue, Expression, GemmSpec } from '../../program/kernel-spec.ts';
import { numel } from '../../tensor/shape.ts';

/** Every allowed number of tile rows divides this, so that parts can begin at any unit of rows. */
export const rowUnit = 12;
/** Every allowed number of tile columns divides this. */
export const columnUnit = 48;
/** Units of rows that share one packed panel of b: 192 rows. */
export const unitsPerRowBlock = 16;
const largestUnsplitDepth = 768;
const depthBlock = 512;
const cacheBytes = 256 * 1024;
/** Rows of b this far apart, a power of two, leave most cache sets empty; so many rows of them no longer fit into the others. */
const leastPitch = 32;
const crowdedNumbers = 8192;
/** Numbers from one row to the next that put every row of a tile into the same cache sets. */
const setPitch = 1024;

export interface GemmPlan {
  readonly batch: readonly number[];
  readonly batchCount: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** `a` is the second input and `b` the first. */
  readonly swapped: boolean;
  readonly a: GemmSpec['a'];
  readonly b: GemmSpec['b'];
  readonly epilogue: Epilogue | null;
  /** Steps of k that are summed before the partial sums go through memory (exactly). The last block may be shorter. */
  readonly depth: number;
  readonly splits: 'rows' | 'columns';
  readonly extent: number;
  /** As tiles, where neighbours in memory are rows; as rows further apart, where many of them fall into the same cache sets. */
  readonly packsA: 'no' | 'tiles' | 'rows';
  /** Bytes from one packed row of a to the next, with 'rows'. */
  readonly packedPitch: number;
  readonly packsB: 'no' | 'copy' | 'transpose' | 'gather';
  /** Where the packed panel of b begins in the workspace; packed a is at 0. */
  readonly panelOffset: number;
  readonly workspaceBytes: number;
}

/** Batches that can be are merged into rows; a single column is done as a row. */
export function planGemm(spec: GemmSpec): GemmPlan {
  const merged = mergeBatch(spec);
  const swapped = merged.n === 1 && merged.m !== 1;
  const { batch, m, n, k, a, b, epilogue } = swapped ? columnAsRow(merged) : merged;
  const batchCount = numel(batch);
  const blocks = Math.ceil(k / depthBlock);
  const depth = k <= largestUnsplitDepth ? k : 4 * Math.ceil(k / blocks / 4);
  const rowUnits = batchCount * Math.ceil(m / rowUnit);
  const columnUnits = Math.ceil(n / columnUnit);
  const splits = rowUnits < 8 && columnUnits > rowUnits ? 'columns' : 'rows';
  const packsA = packingOfRows(m, n, k, a);
  const packedPitch = roundUp(4 * depth, 64) + 64;
  const packsB = packing(m, n, k, b);
  const packedRows = Math.min(m, unitsPerRowBlock * rowUnit) + rowUnit;
  const panelOffset =
    packsA === 'no' ? 0 : packedRows * (packsA === 'tiles' ? roundUp(4 * depth, 64) : packedPitch) + 64;
  const panelColumns = m <= 2 ? 24 : 16;
  const panelBytes = packsB === 'no' ? 0 : (depth + 3) * panelColumns * 4 + 64;
  return {
    batch,
    batchCount,
    m,
    n,
    k,
    swapped,
    a,
    b,
    epilogue,
    depth,
    splits,
    extent: m * n === 0 ? 0 : splits === 'rows' ? rowUnits : columnUnits,
    packsA,
    packedPitch,
    packsB,
    panelOffset,
    workspaceBytes: roundUp(panelOffset + panelBytes, 64),
  };
}

function packingOfRows(m: number, n: number, k: number, a: GemmSpec['a']): GemmPlan['packsA'] {
  if (m < 48 || n < 64 || k < 64) return 'no';
  if (a.row === 1) return a.column >= 256 ? 'tiles' : 'no';
  return a.column === 1 && a.row > 0 && a.row % setPitch === 0 ? 'rows' : 'no';
}

/** Packing pays when rows of b must be read across, or lie so that many of them fall into the same cache sets. */
function packing(m: number, n: number, k: number, b: GemmSpec['b']): GemmPlan['packsB'] {
  if (b.fours !== undefined) return 'no';
  if (b.row === 0) return b.column === 1 ? 'copy' : 'gather';
  if (n === 1) return 'no';
  if (b.column !== 1) return b.row === 1 ? 'transpose' : 'gather';
  const far = b.row >= leastPitch && (b.row & (b.row - 1)) === 0 && k * b.row >= crowdedNumbers;
  const large = k * n * 4 > cacheBytes;
  return (m >= 64 && large) || (m >= 24 && far) ? 'copy' : 'no';
}

/** Rows of a with one b for all of the innermost batch axis are just more rows. */
function mergeBatch(spec: GemmSpec): GemmSpec {
  const axis = spec.batch.length - 1;
  const size = spec.batch[axis];
  if (size === undefined) return spec;
  const { a, b, m, epilogue } = spec;
  const fits = (stride: number, row: number) => size === 1 || m === 1 || stride === m * row;
  const merges =
    (size === 1 || b.batch[axis] === 0) &&
    fits(a.batch[axis] as number, a.row) &&
    (epilogue === null ||
      (!usesCoordinates(epilogue) &&
        epilogue.inputs.every(({ strides }) => fits(strides[axis] as number, strides[axis + 1] as number))));
  if (!merges) return spec;
  const rowStride = (stride: number, row: number) => (m === 1 && size !== 1 ? stride : row);
  const drop = (strides: readonly number[]) => strides.filter((_, i) => i !== axis);
  const mergeAccess = (access: Access): Access => ({
    ...access,
    strides: access.strides.flatMap((stride, i) =>
      i === axis ? [] : i === axis + 1 ? [rowStride(access.strides[axis] as number, stride)] : [stride],
    ),
  });
  return mergeBatch({
    ...spec,
    batch: spec.batch.slice(0, axis),
    m: m * size,
    a: { ...a, batch: drop(a.batch), row: rowStride(a.batch[axis] as number, a.row) },
    b: { ...b, batch: drop(b.batch) },
    epilogue: epilogue && { ...epilogue, inputs: epilogue.inputs.map(mergeAccess) },
  });
}

/** One column is computed as one row, so that vectors run along it; products commute, so that bits stay. */
function columnAsRow(spec: GemmSpec): GemmSpec {
  const { a, b, epilogue } = spec;
  const rank = spec.batch.length;
  const swapAxes = <T>(items: readonly T[]): T[] => [...items.slice(0, rank), items[rank + 1] as T, items[rank] as T];
  const swapCoordinate = (line: Expression): Expression =>
    line.op === 'coord' && line.axis >= rank ? { op: 'coord', axis: line.axis === rank ? rank + 1 : rank } : line;
  return {
    ...spec,
    m: 1,
    n: spec.m,
    a: { offset: b.offset, batch: b.batch, row: b.column, column: b.row },
    b: { offset: a.offset, batch: a.batch, row: a.column, column: a.row },
    epilogue: epilogue && {
      ...epilogue,
      inputs: epilogue.inputs.map((access) => ({ ...access, strides: swapAxes(access.strides) })),
      body: epilogue.body.map(swapCoordinate),
    },
  };
}

/** Whether the epilogue asks where an element stands. */
export function usesCoordinates(epilogue: Epilogue): boolean {
  return epilogue.body.some((line) => line.op === 'coord');
}

/** To the next multiple. */
export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
