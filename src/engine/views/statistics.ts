// One pass over the numbers of a value: range, mean, deviation, zeros, what is not finite; and its histogram.
import type { View } from '../../runtime/workspace.ts';

export interface Statistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** Share, 0…1. */
  readonly zeros: number;
  readonly nonFinite: number;
}

/** Over the finite elements; NaN where there are none. */
export function statisticsOf(view: View): Statistics {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let zeros = 0;
  let nonFinite = 0;
  for (let i = 0; i < view.length; i++) {
    const x = view[i] as number;
    if (x - x !== 0) {
      nonFinite++;
      continue;
    }
    if (x < min) min = x;
    if (x > max) max = x;
    if (x === 0) zeros++;
    sum += x;
  }
  const count = view.length - nonFinite;
  if (count === 0) return { min: Number.NaN, max: Number.NaN, mean: Number.NaN, std: Number.NaN, zeros: 0, nonFinite };
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < view.length; i++) {
    const d = (view[i] as number) - mean;
    if (d - d === 0) squares += d * d;
  }
  return { min, max, mean, std: Math.sqrt(squares / count), zeros: zeros / view.length, nonFinite };
}

/** Counts of equal bins over [low, high]; the finite elements outside go to the outer bins. */
export function histogramOf(view: View, low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const scale = high > low ? bins / (high - low) : 0;
  for (let i = 0; i < view.length; i++) {
    const x = view[i] as number;
    if (x - x !== 0) continue;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((x - low) * scale)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

/** The 99th percentile of |x| over at most 8191 elements spread evenly: what a colour scale spans, so that one outlier hides nothing. */
export function robustMagnitude(view: View): number {
  const step = Math.max(1, Math.floor(view.length / 4096));
  const sample = new Float64Array(Math.ceil(view.length / step));
  let count = 0;
  let largest = 0;
  for (let i = 0; i < view.length; i += step) {
    const x = Math.abs(view[i] as number);
    if (x - x !== 0) continue;
    sample[count++] = x;
    if (x > largest) largest = x;
  }
  if (count === 0) return 1;
  const p99 = select(sample, count, Math.floor(0.99 * (count - 1)));
  return p99 > 0 ? p99 : largest || 1;
}

/** Number `rank` of the first `count` in ascending order, from 0; puts them in another order. Hoare's selection: no order of all is needed. */
function select(values: Float64Array, count: number, rank: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const kept = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = kept;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank] as number;
}
