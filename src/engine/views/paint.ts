// Colours for numbers: RGBA pixels of planes, in the worker. NaN and infinities are magenta and hatched, never a colour of
// the scale.

import type { View } from '../../runtime/workspace.ts';
import { type ColorTheme, createColorMap } from '../../tensor/color-map.ts';
import type { Pixels, Scale, ThumbnailLayout } from '../protocol/views.ts';
import type { Planes } from './planes.ts';
import { robustMagnitude, type Statistics } from './statistics.ts';

export type ChosenScale = Exclude<Scale, 'auto'>;

export interface Coloring {
  readonly scale: ChosenScale;
  readonly range: readonly [number, number];
  readonly theme: ColorTheme;
}

/** Signed where numbers lie on both sides of zero; `natural` for pictures that come in as data. */
export function chooseColoring(
  view: View,
  statistics: Statistics,
  asked: Scale,
  picture: boolean,
  theme: ColorTheme,
): Coloring {
  const natural = picture && statistics.min >= 0 && statistics.max <= 1;
  const scale = asked !== 'auto' ? asked : natural ? 'natural' : statistics.min < 0 ? 'signed' : 'magnitude';
  if (scale === 'natural') return { scale, range: natural ? [0, 1] : [statistics.min, statistics.max], theme };
  const magnitude = robustMagnitude(view);
  return { scale, range: [scale === 'signed' ? -magnitude : 0, magnitude], theme };
}

/** Writes one RGBA pixel per call; made once a picture. */
export function createPainter({
  scale,
  range,
  theme,
}: Coloring): (out: Uint8ClampedArray, at: number, x: number, column: number, row: number) => void {
  const table = scale === 'natural' ? null : createColorMap(scale === 'signed' ? 'diverging' : 'sequential', theme);
  const [low, high] = range;
  const factor = high > low ? 255 / (high - low) : 0;
  return (out, at, x, column, row) => {
    out[at + 3] = 255;
    if (x - x !== 0) {
      hatch(out, at, column, row);
      return;
    }
    const level = Math.min(255, Math.max(0, Math.round((x - low) * factor)));
    if (!table) {
      out[at] = level;
      out[at + 1] = level;
      out[at + 2] = level;
      return;
    }
    out[at] = table[level * 3] as number;
    out[at + 1] = table[level * 3 + 1] as number;
    out[at + 2] = table[level * 3 + 2] as number;
  };
}

/** One pixel of the magenta pattern that stands for what is no number. */
function hatch(out: Uint8ClampedArray, at: number, column: number, row: number): void {
  const bright = (column + row) % 2 === 0;
  out[at] = bright ? 255 : 120;
  out[at + 1] = 0;
  out[at + 2] = bright ? 255 : 120;
  out[at + 3] = 255;
}

/** How planes stand side by side: columns × rows, near the wanted aspect. */
export function gridOf(
  tiles: number,
  planes: { readonly width: number; readonly height: number },
  aspect: number,
): { columns: number; rows: number } {
  let best = { columns: 1, rows: tiles };
  let distance = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= tiles; columns++) {
    const rows = Math.ceil(tiles / columns);
    const shape = (columns * planes.width) / (rows * planes.height);
    const off = Math.max(shape / aspect, aspect / shape) - 1 + (rows * columns - tiles) / tiles;
    if (off < distance) {
      distance = off;
      best = { columns, rows };
    }
  }
  return best;
}

/** At most this many planes in a thumbnail: more cannot be told apart. */
const thumbnailPlanes = 16;

/** A strip of planes scaled to fit the box; a vector is one plane as wide as the box. */
export function thumbnailLayout(
  planes: Planes,
  batchAxis: number | null,
  { width, height }: { readonly width: number; readonly height: number },
): ThumbnailLayout {
  const perTile = planes.color ? 3 : 1;
  const tiles = Math.min(thumbnailPlanes, Math.floor(planes.count / perTile));
  const { columns, rows } = planes.vector ? { columns: 1, rows: 1 } : gridOf(tiles, planes, width / height);
  const gap = tiles > 1 ? 1 : 0;
  const cell = { width: (width - gap * (columns - 1)) / columns, height: (height - gap * (rows - 1)) / rows };
  const zoom = Math.min(cell.width / planes.width, cell.height / planes.height);
  const scaled = (size: number) => Math.max(1, Math.floor(size * zoom));
  const tile = planes.vector ? { width, height } : { width: scaled(planes.width), height: scaled(planes.height) };
  return {
    left: Math.floor((width - columns * tile.width - gap * (columns - 1)) / 2),
    top: Math.floor((height - rows * tile.height - gap * (rows - 1)) / 2),
    gap,
    columns,
    tile,
    plane: { width: planes.width, height: planes.height },
    perTile,
    starts: Array.from({ length: tiles * perTile }, (_, plane) => planes.offset(plane)),
    rowStride: planes.rowStride,
    columnStride: planes.columnStride,
    batchAxis,
  };
}

/** The planes of a layout; vectors as bars. */
export function paintThumbnail(
  view: View,
  planes: Planes,
  layout: ThumbnailLayout,
  coloring: Coloring,
  box: { readonly width: number; readonly height: number },
): Pixels {
  const { width, height } = box;
  const data = new Uint8ClampedArray(width * height * 4);
  const paint = createPainter(coloring);
  if (planes.vector) {
    paintBars(view, planes, coloring, box, data, paint);
    return { width, height, data };
  }
  const { left, top, gap, columns, perTile, starts } = layout;
  const { width: tileWidth, height: tileHeight } = layout.tile;
  for (let tile = 0; tile * perTile < starts.length; tile++) {
    const x0 = left + (tile % columns) * (tileWidth + gap);
    const y0 = top + Math.floor(tile / columns) * (tileHeight + gap);
    for (let y = 0; y < tileHeight; y++) {
      const row = Math.min(planes.height - 1, Math.floor(((y + 0.5) * planes.height) / tileHeight));
      for (let x = 0; x < tileWidth; x++) {
        const column = Math.min(planes.width - 1, Math.floor(((x + 0.5) * planes.width) / tileWidth));
        const at = ((y0 + y) * width + x0 + x) * 4;
        if (planes.color) paintColor(view, planes, coloring, tile * 3, row, column, data, at);
        else
          paint(
            data,
            at,
            view[(starts[tile] as number) + row * planes.rowStride + column * planes.columnStride] as number,
            x,
            y,
          );
      }
    }
  }
  return { width, height, data };
}

/** One RGB pixel of three planes, the range stretched over 0…255. */
export function paintColor(
  view: View,
  planes: Planes,
  { range }: Coloring,
  first: number,
  row: number,
  column: number,
  data: Uint8ClampedArray,
  at: number,
): void {
  const [low, high] = range;
  const factor = high > low ? 255 / (high - low) : 0;
  for (let channel = 0; channel < 3; channel++) {
    const x = view[planes.offset(first + channel) + row * planes.rowStride + column * planes.columnStride] as number;
    if (x - x !== 0) {
      hatch(data, at, column, row);
      return;
    }
    data[at + channel] = (x - low) * factor;
  }
  data[at + 3] = 255;
}

/** Bars from the zero line; wide vectors show the largest magnitude of each column's share. */
function paintBars(
  view: View,
  planes: Planes,
  coloring: Coloring,
  { width, height }: { readonly width: number; readonly height: number },
  data: Uint8ClampedArray,
  paint: ReturnType<typeof createPainter>,
): void {
  const [low, high] = coloring.scale === 'natural' ? [0, coloring.range[1]] : coloring.range;
  const span = high > low ? high - low : 1;
  const zero = Math.round((high / span) * height);
  const start = planes.offset(0);
  const bar = width / planes.width;
  const gap = bar >= 4 ? 1 : 0;
  for (let x = 0; x < width; x++) {
    const from = Math.floor(x / bar);
    const to = Math.max(from + 1, Math.min(planes.width, Math.floor((x + 1) / bar)));
    if (gap === 1 && Math.floor((x + 1) / bar) !== from) continue;
    let value = view[start + from * planes.columnStride] as number;
    for (let i = from + 1; i < to; i++) {
      const other = view[start + i * planes.columnStride] as number;
      if (Math.abs(other) > Math.abs(value) || other - other !== 0) value = other;
    }
    const finite = value - value === 0;
    const end = finite ? Math.round(((high - Math.min(high, Math.max(low, value))) / span) * height) : 0;
    const [top, bottom] = [Math.min(end, zero), Math.max(end, zero)];
    for (let y = top; y < Math.max(bottom, top + 1) && y < height; y++) paint(data, (y * width + x) * 4, value, x, y);
  }
}
