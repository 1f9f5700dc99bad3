// Winograd's F(2×2, 3×3): tiles of 2×2 outputs from 4×4 inputs by 16 products instead of 36, as 16 matrix products over
// channels. How a 3×3 convolution of stride 1 is cut into blocks of tiles; no code. Tiles of a row are padded to whole vectors.
// Source: Lavin & Gray 2015 (arXiv:1509.09308)
import type { Conv2dSpec, Epilogue } from '../../program/kernel-spec.ts';
import { roundUp } from './gemm-plan.ts';

/** Products of a tile. */
export const points = 16;
/** Most bytes of transformed tiles, sources and results together, for the second-level cache. */
const blockBytes = 512 * 1024;
const leastTiles = 32;
/** Channels of x that a part of a weight gradient transforms: few, so that small layers have parts for several threads. */
export const channelBlock = 8;

/** One side's planes as tiles read them: rows with a margin of zeros. */
export interface TileSource {
  readonly size: readonly [number, number];
  /** Zeros before row 0 and column 0. */
  readonly before: readonly [number, number];
}

export interface WinogradPlan {
  readonly batch: number;
  readonly sourceChannels: number;
  readonly channels: number;
  readonly source: TileSource;
  readonly outSize: readonly [number, number];
  /** Tile rows of an image, and tiles of a row, a multiple of 4. */
  readonly tileRows: number;
  readonly tileColumns: number;
  /** A block is some rows of one image, or several images. */
  readonly blockRows: number;
  readonly blockImages: number;
  readonly blockTiles: number;
  /** Bytes of a row of a source plane with its margin. */
  readonly rowBytes: number;
  /** Whether the weights' channels change places and the taps run backwards. */
  readonly turnsWeights: boolean;
  readonly epilogue: Epilogue | null;
}

/** What Winograd's form asks of a convolution. */
export function fitsWinograd({ geometry: g, direction }: Conv2dSpec): boolean {
  const all = (pair: readonly number[], value: number) => pair.every((item) => item === value);
  const unit = direction === 'weight_grad' ? channelBlock : 4;
  return (
    all(g.kernel, 3) &&
    all(g.stride, 1) &&
    all(g.dilation, 1) &&
    g.groups === 1 &&
    g.padding.every((side) => side <= 2) &&
    g.inChannels % unit === 0 &&
    g.outChannels % 4 === 0 &&
    g.outSize[0] > 0 &&
    g.outSize[1] > 0
  );
}

/** Forward, or the input gradient as a convolution of dy with turned weights. */
export function planWinograd(spec: Conv2dSpec): WinogradPlan {
  const { geometry: g, epilogue } = spec;
  const forward = spec.direction === 'forward';
  const [sourceChannels, channels] = forward ? [g.inChannels, g.outChannels] : [g.outChannels, g.inChannels];
  const outSize = forward ? g.outSize : g.inSize;
  const size = forward ? g.inSize : g.outSize;
  const before = ([0, 1] as const).map((axis) => (forward ? g.padding[axis] : 2 - g.padding[axis])) as [number, number];
  return {
    ...cutBlocks(g.batch, outSize, sourceChannels + channels),
    batch: g.batch,
    sourceChannels,
    channels,
    source: { size, before },
    outSize,
    turnsWeights: !forward,
    epilogue,
  };
}

type Blocks = Pick<WinogradPlan, 'tileRows' | 'tileColumns' | 'blockRows' | 'blockImages' | 'blockTiles' | 'rowBytes'>;

/** Blocks of tiles of an output, `channels` of which are held transformed at a time. */
export function cutBlocks(batch: number, outSize: readonly [number, number], channels: number): Blocks {
  const tileRows = Math.ceil(outSize[0] / 2);
  const tileColumns = roundUp(Math.ceil(outSize[1] / 2), 4);
  const room = Math.max(leastTiles, Math.floor(blockBytes / (4 * points * channels)));
  const image = tileRows * tileColumns;
  const blockImages = evenly(batch, Math.floor(room / image));
  const blockRows = image > room ? evenly(tileRows, Math.floor(room / tileColumns)) : tileRows;
  return {
    tileRows,
    tileColumns,
    blockRows,
    blockImages,
    blockTiles: blockImages * blockRows * tileColumns,
    // A vector of tiles reads twelve columns.
    rowBytes: 4 * (2 * tileColumns + 4),
  };
}

/** At most `most` a block, and not less than half of that: as many as leave least of the last block empty. */
function evenly(count: number, most: number): number {
  const limit = Math.max(1, Math.min(count, most));
  const padded = (size: number) => size * Math.ceil(count / size);
  let best = limit;
  for (let size = limit - 1; 2 * size >= limit && size > 0; size--) if (padded(size) < padded(best)) best = size;
  return best;
}

/** Blocks over images and rows: the parts of the work. */
export function blockCount({ batch, blockImages, tileRows, blockRows }: WinogradPlan): number {
  return Math.ceil(batch / blockImages) * Math.ceil(tileRows / blockRows);
}

/** Distance between the matrices of neighbouring points: not a multiple of the pages that caches alias. */
export function pointBytes(elements: number): number {
  return roundUp(4 * elements, 64) + 64 + (elements % 1024 === 0 ? 64 : 0);
}
