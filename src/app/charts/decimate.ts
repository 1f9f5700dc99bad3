// Fewer points of a curve without losing its spikes: of every stretch the lowest and the highest point are kept, in order.

/** @returns at most `most` points, the first and the last among them; the list itself when it is short enough */
export function decimate<P>(points: readonly P[], y: (point: P) => number, most: number): readonly P[] {
  if (points.length <= most || most < 4) return points;
  const stretches = Math.floor((most - 2) / 2);
  const inner = points.length - 2;
  const kept: P[] = [points[0] as P];
  for (let s = 0; s < stretches; s++) {
    const from = 1 + Math.floor((s * inner) / stretches);
    const to = 1 + Math.floor(((s + 1) * inner) / stretches);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i++) {
      if (y(points[i] as P) < y(points[low] as P)) low = i;
      if (y(points[i] as P) > y(points[high] as P)) high = i;
    }
    kept.push(points[Math.min(low, high)] as P);
    if (low !== high) kept.push(points[Math.max(low, high)] as P);
  }
  kept.push(points.at(-1) as P);
  return kept;
}
