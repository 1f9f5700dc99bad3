// The large viewer's picture: one plane, or a sheet of all of them, a pixel an element, with the numbers behind the pixels.
import type { View } from '../../runtime/workspace.ts';
import type { Picture } from '../protocol/views.ts';
import { type Coloring, createPainter, gridOf, paintColor } from './paint.ts';
import type { Planes } from './planes.ts';

/** At most this many planes on a sheet. */
const sheetPlanes = 1024;

/** One channel, or all of them side by side on a sheet, as RGBA bytes. */
export function paintPicture(
  view: View,
  planes: Planes,
  coloring: Coloring,
  channel: number | 'all',
  frame: { readonly revision: number; readonly name: string },
): Picture {
  const perTile = planes.color && channel === 'all' ? 3 : 1;
  const channels = planes.count;
  const tiles = channel === 'all' ? Math.min(sheetPlanes, Math.floor(planes.count / perTile)) : 1;
  const first = channel === 'all' ? 0 : Math.min(Math.max(0, channel), planes.count - 1);
  const { columns, rows } = gridOf(tiles, planes, 1.5);
  const gap = tiles > 1 ? 1 : 0;
  const width = columns * planes.width + gap * (columns - 1);
  const height = rows * planes.height + gap * (rows - 1);
  const data = new Uint8ClampedArray(width * height * 4);
  const values = new Float32Array(width * height).fill(Number.NaN);
  const paint = createPainter(coloring);
  const [low, high] = coloring.range;
  let outside = 0;
  for (let tile = 0; tile < tiles; tile++) {
    const x0 = (tile % columns) * (planes.width + gap);
    const y0 = Math.floor(tile / columns) * (planes.height + gap);
    const plane = first + tile * perTile;
    const start = planes.offset(plane);
    for (let row = 0; row < planes.height; row++) {
      for (let column = 0; column < planes.width; column++) {
        const pixel = (y0 + row) * width + x0 + column;
        const x = view[start + row * planes.rowStride + column * planes.columnStride] as number;
        values[pixel] = x;
        if (x < low || x > high) outside++;
        if (perTile === 3) paintColor(view, planes, coloring, plane, row, column, data, pixel * 4);
        else paint(data, pixel * 4, x, column, row);
      }
    }
  }
  return {
    ...frame,
    pixels: { width, height, data },
    channels,
    examples: planes.examples,
    plane: { width: planes.width, height: planes.height, columns },
    range: coloring.range,
    scale: coloring.scale,
    clipped: outside / Math.max(1, tiles * planes.width * planes.height),
    values,
  };
}
