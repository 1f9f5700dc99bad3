/** x and y on the canvas, in pixels. */
export type Position = readonly [number, number];

/** Whole pixels; never −0, which JSON does not keep. */
export function wholePixels([x, y]: Position): Position {
  return [Math.round(x) || 0, Math.round(y) || 0];
}

/** A position moved by an offset. */
export function moved([x, y]: Position, [dx, dy]: Position): Position {
  return wholePixels([x + dx, y + dy]);
}

interface Placed {
  readonly position?: Position;
}

/** The left and upper edge of what is placed; the origin when nothing is. */
export function cornerOf(nodes: readonly Placed[]): Position {
  const placed = nodes.flatMap(({ position }) => (position === undefined ? [] : [position]));
  if (placed.length === 0) return [0, 0];
  const [xs, ys] = [placed.map(([x]) => x), placed.map(([, y]) => y)];
  return [xs.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.min(a, b))];
}

/** The mean of the positions, in whole pixels; the origin when nothing is placed. */
export function centreOf(nodes: readonly Placed[]): Position {
  const placed = nodes.flatMap(({ position }) => (position === undefined ? [] : [position]));
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return wholePixels([mean(placed.map(([x]) => x)), mean(placed.map(([, y]) => y))]);
}
