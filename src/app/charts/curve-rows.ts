// Rows for the charts from the points that training reported: one row an iteration, train and validation side by side.
import type { CurvePoint } from '../../engine/protocol.ts';
import { decimate } from './decimate.ts';

export interface CurveRow {
  readonly iteration: number;
  readonly train?: number;
  readonly validation?: number;
}

/** At most this many points of each curve are drawn. */
const mostPoints = 240;

/** @param of loss, or the name of a metric; what a point does not know, and what is not finite, is left out */
export function curveRows(points: readonly CurvePoint[], of: string | null): readonly CurveRow[] {
  const rows = new Map<number, { iteration: number; train?: number; validation?: number }>();
  for (const split of ['train', 'validation'] as const) {
    const known = points.filter((point) => point.split === split && Number.isFinite(measure(point, of)));
    for (const point of decimate(known, (each) => measure(each, of), mostPoints)) {
      const row = rows.get(point.iteration) ?? { iteration: point.iteration };
      row[split] = measure(point, of);
      rows.set(point.iteration, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.iteration - b.iteration);
}

/** The metrics that occur, in order of appearance. */
export function metricNames(points: readonly CurvePoint[]): readonly string[] {
  const names = new Set<string>();
  for (const point of points) for (const name of Object.keys(point.metrics)) names.add(name);
  return [...names];
}

function measure(point: CurvePoint, of: string | null): number {
  return of === null ? point.loss : (point.metrics[of] ?? Number.NaN);
}
