// Boxes as rows x1, y1, x2, y2: how much two of them share, as program lines and in float64.
import { type Operand, type Strided, selectIndex } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';

export type Box<T> = readonly [x1: T, y1: T, x2: T, y2: T];

/** The four columns of [N, 4]. */
export function columnsOf(boxes: Operand): Box<Strided> {
  return [0, 1, 2, 3].map((column) => selectIndex(boxes, 1, column)) as unknown as Box<Strided>;
}

/** Width, height and area of what two boxes share, and the area of what they cover together. */
export function emitShared(e: ExpressionBuilder, a: Box<Line>, b: Box<Line>) {
  const zero = e.constant(0);
  const width = e.max(e.sub(e.min(a[2], b[2]), e.max(a[0], b[0])), zero);
  const height = e.max(e.sub(e.min(a[3], b[3]), e.max(a[1], b[1])), zero);
  const area = ([x1, y1, x2, y2]: Box<Line>) => e.mul(e.sub(x2, x1), e.sub(y2, y1));
  const shared = e.mul(width, height);
  return { width, height, shared, union: e.sub(e.add(area(a), area(b)), shared) };
}

/** Intersection over union. */
export function overlapOf(a: Box<number>, b: Box<number>): number {
  const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const area = ([x1, y1, x2, y2]: Box<number>) => (x2 - x1) * (y2 - y1);
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

/** Row `i` of boxes in float64. */
export function boxAt(boxes: { readonly data: Float64Array }, i: number): Box<number> {
  return [0, 1, 2, 3].map((column) => boxes.data[4 * i + column] as number) as unknown as Box<number>;
}
