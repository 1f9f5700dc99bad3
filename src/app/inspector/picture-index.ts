// Which element of the tensor a pixel of a picture shows. The engine lays planes out side by side, one pixel apart, or three
// planes as one coloured picture.
import type { Picture } from '../../engine/protocol/views.ts';
import { numel, type Shape } from '../../tensor/shape.ts';

export interface PixelPlace {
  readonly plane: number;
  readonly row: number;
  readonly column: number;
  /** Three planes stand in this pixel, this one the first. */
  readonly color: boolean;
}

/** What stands at a pixel; null between planes. `channel` is the one asked for. */
export function pixelPlace(picture: Picture, channel: number | 'all', x: number, y: number): PixelPlace | null {
  const { plane, pixels, channels } = picture;
  if (x < 0 || y < 0 || x >= pixels.width || y >= pixels.height) return null;
  if (channel !== 'all') return { plane: channel, row: y, column: x, color: false };
  const rows = Math.round((pixels.height + 1) / (plane.height + 1));
  const gap = rows * plane.columns > 1 ? 1 : 0;
  const color = channels % 3 === 0 && rows * plane.columns < Math.min(channels, sheetPlanes);
  const [tileX, tileY] = [Math.floor(x / (plane.width + gap)), Math.floor(y / (plane.height + gap))];
  const [column, row] = [x - tileX * (plane.width + gap), y - tileY * (plane.height + gap)];
  const tile = tileY * plane.columns + tileX;
  const first = tile * (color ? 3 : 1);
  if (column >= plane.width || row >= plane.height || first >= channels) return null;
  return { plane: first, row, column, color };
}

/** As many planes as the engine puts on one sheet. */
const sheetPlanes = 1024;

/** Index of each dimension. `examples` is 1 where there is no batch, else the batch is the first or the second dimension. */
export function elementIndex(
  shape: Shape,
  examples: number,
  example: number,
  { plane, row, column }: Pick<PixelPlace, 'plane' | 'row' | 'column'>,
): readonly number[] {
  const batch = examples === 1 ? null : shape[0] === examples ? 0 : 1;
  const inner = shape.filter((_, axis) => axis !== batch);
  const [height, width] = [inner.length < 2 ? 1 : (inner.at(-2) as number), inner.at(-1) ?? 1];
  let rest = (plane * height + row) * width + column;
  const index: number[] = [];
  for (const size of inner.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return batch === null ? index : index.toSpliced(batch, 0, Math.min(example, examples - 1));
}

/** Position in the tensor's memory. */
export function flatIndex(shape: Shape, index: readonly number[]): number {
  return index.reduce((flat, at, axis) => flat * (shape[axis] as number) + at, 0);
}

/** From one plane to the next, in elements. */
export function planeSize(shape: Shape, examples: number): number {
  const batch = examples === 1 ? null : shape[0] === examples ? 0 : 1;
  return numel(shape.filter((_, axis) => axis !== batch).slice(-2));
}

/** Where an element stands in a picture of its example; null where that channel is not in it. The inverse of `pixelPlace`. */
export function elementPixel(
  picture: Picture,
  channel: number | 'all',
  shape: Shape,
  at: readonly number[],
): { readonly x: number; readonly y: number } | null {
  const { plane, pixels, channels, examples } = picture;
  const batch = examples === 1 ? null : shape[0] === examples ? 0 : 1;
  const inner = shape.filter((_, axis) => axis !== batch);
  const place = flatIndex(
    inner,
    at.filter((_, axis) => axis !== batch),
  );
  const [height, width] = [inner.length < 2 ? 1 : (inner.at(-2) as number), inner.at(-1) ?? 1];
  const own = Math.floor(place / (height * width));
  const [row, column] = [Math.floor(place / width) % height, place % width];
  if (channel !== 'all') return channel === own ? { x: column, y: row } : null;
  const rows = Math.round((pixels.height + 1) / (plane.height + 1));
  const gap = rows * plane.columns > 1 ? 1 : 0;
  const color = channels % 3 === 0 && rows * plane.columns < Math.min(channels, sheetPlanes);
  const tile = color ? Math.floor(own / 3) : own;
  const [tileX, tileY] = [tile % plane.columns, Math.floor(tile / plane.columns)];
  return tileY >= rows ? null : { x: tileX * (width + gap) + column, y: tileY * (height + gap) + row };
}
