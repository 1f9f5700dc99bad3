// Which elements a thumbnail shows where, both ways, and which of its pixels belong to a field of elements. Pixels are those of
// the thumbnail; elements are positions in the tensor's memory.
import type { FieldMask } from '../../engine/protocol/explain.ts';
import type { ThumbnailLayout } from '../../engine/protocol/views.ts';
import type { Shape } from '../../tensor/shape.ts';

export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a pixel shows: one element, three of a colour, none between the tiles. */
export function elementsAt(layout: ThumbnailLayout, x: number, y: number): readonly number[] {
  const { left, top, gap, columns, tile, plane, perTile, starts, rowStride, columnStride } = layout;
  const [column, row] = [Math.floor((x - left) / (tile.width + gap)), Math.floor((y - top) / (tile.height + gap))];
  const [inX, inY] = [
    Math.floor(x - left - column * (tile.width + gap)),
    Math.floor(y - top - row * (tile.height + gap)),
  ];
  if (column < 0 || column >= columns || row < 0 || inX >= tile.width || inY >= tile.height) return [];
  const at = {
    row: Math.min(plane.height - 1, Math.floor(((inY + 0.5) * plane.height) / tile.height)),
    column: Math.min(plane.width - 1, Math.floor(((inX + 0.5) * plane.width) / tile.width)),
  };
  const first = (row * columns + column) * perTile;
  return starts.slice(first, first + perTile).map((start) => start + at.row * rowStride + at.column * columnStride);
}

/** Where an element stands; null where its plane or its example is not in the picture. */
export function boxOfElement(layout: ThumbnailLayout, index: number): PixelBox | null {
  const { plane, perTile, starts, rowStride, columnStride } = layout;
  for (const [at, start] of starts.entries()) {
    const offset = index - start;
    const row = rowStride === 0 ? 0 : Math.floor(offset / rowStride);
    const column = (offset - row * rowStride) / columnStride;
    if (offset < 0 || row >= plane.height || column >= plane.width || !Number.isInteger(column)) continue;
    return boxIn(layout, Math.floor(at / perTile), { row, column, rows: 1, columns: 1 });
  }
  return null;
}

export interface FieldCover {
  /** 1 for every pixel of a tile that shows nothing of the field. */
  readonly outside: Uint8Array;
  /** Around what lies close together, where it is a small part of its plane. */
  readonly outlines: readonly PixelBox[];
}

/** @param size of the thumbnail */
export function coverOf(
  layout: ThumbnailLayout,
  size: { readonly width: number; readonly height: number },
  field: Pick<FieldMask, 'shape' | 'box' | 'mask'>,
): FieldCover {
  const { tile, plane, perTile, starts, rowStride, columnStride } = layout;
  const belongs = fieldTest(field);
  const outside = new Uint8Array(size.width * size.height);
  const outlines: PixelBox[] = [];
  // Rows and columns of a plane that the field reaches at most.
  const axes = field.box.filter((_, axis) => axis !== layout.batchAxis);
  const [top, bottom] = plane.height === 1 && axes.length < 2 ? [0, 1] : (axes.at(-2) ?? [0, 1]);
  const [left, right] = axes.at(-1) ?? [0, 1];
  for (let at = 0; at * perTile < starts.length; at++) {
    fill(outside, size.width, boxIn(layout, at, { row: 0, column: 0, rows: plane.height, columns: plane.width }), 1);
    const own = starts.slice(at * perTile, (at + 1) * perTile);
    const inside = (row: number, column: number): boolean =>
      own.some((start) => belongs(start + row * rowStride + column * columnStride));
    let [count, firstRow, firstColumn, endRow, endColumn] = [0, bottom, right, top, left];
    // A field without a mask is the same stretch of every plane that it reaches.
    if (field.mask === null) {
      if (!inside(top, left)) continue;
      [count, firstRow, firstColumn, endRow, endColumn] = [(bottom - top) * (right - left), top, left, bottom, right];
      fill(outside, size.width, boxIn(layout, at, spanOf(firstRow, firstColumn, endRow, endColumn)), 0);
    }
    for (let row = top; row < bottom && field.mask !== null; row++) {
      for (let column = left; column < right; column++) {
        if (!inside(row, column)) continue;
        count++;
        [firstRow, endRow] = [Math.min(firstRow, row), Math.max(endRow, row + 1)];
        [firstColumn, endColumn] = [Math.min(firstColumn, column), Math.max(endColumn, column + 1)];
        fill(outside, size.width, boxIn(layout, at, spanOf(row, column, row + 1, column + 1)), 0);
      }
    }
    const area = (endRow - firstRow) * (endColumn - firstColumn);
    if (count === 0 || count < area || area * 2 > plane.height * plane.width || tile.width < 3) continue;
    outlines.push(boxIn(layout, at, spanOf(firstRow, firstColumn, endRow, endColumn)));
  }
  return { outside, outlines };
}

function spanOf(row: number, column: number, endRow: number, endColumn: number) {
  return { row, column, rows: endRow - row, columns: endColumn - column };
}

/** Whether an element of the tensor belongs to a field. */
export function fieldTest({ shape, box, mask }: Pick<FieldMask, 'shape' | 'box' | 'mask'>): (index: number) => boolean {
  const strides = stridesOf(shape);
  return (index) => {
    let rest = index;
    let flat = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      const stride = strides[axis] as number;
      const at = Math.floor(rest / stride);
      rest -= at * stride;
      const [from, end] = box[axis] as readonly [number, number];
      if (at < from || at >= end) return false;
      flat = flat * (end - from) + at - from;
    }
    return mask === null || mask[flat] === 1;
  };
}

function stridesOf(shape: Shape): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}

/** Elements of a tile's plane as pixels, broken ones included. */
function boxIn(
  { left, top, gap, columns, tile, plane }: ThumbnailLayout,
  at: number,
  part: { readonly row: number; readonly column: number; readonly rows: number; readonly columns: number },
): PixelBox {
  const x = left + (at % columns) * (tile.width + gap);
  const y = top + Math.floor(at / columns) * (tile.height + gap);
  const [wide, high] = [tile.width / plane.width, tile.height / plane.height];
  return {
    x: x + part.column * wide,
    y: y + part.row * high,
    width: part.columns * wide,
    height: part.rows * high,
  };
}

/** Every pixel that a box touches by more than a hair. */
function fill(pixels: Uint8Array, width: number, { x, y, width: wide, height: high }: PixelBox, value: number): void {
  const hair = 1e-6;
  const [right, bottom] = [Math.ceil(x + wide - hair), Math.ceil(y + high - hair)];
  for (let row = Math.floor(y + hair); row < bottom; row++)
    pixels.fill(value, row * width + Math.floor(x + hair), row * width + right);
}
