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

/** The 99th percentile of |x| over at most 4096 elements spread evenly: what a colour scale spans, so that one outlier hides nothing. */
export function robustMagnitude(view: View): number {
  const step = Math.max(1, Math.floor(view.length / 4096));
  const sample: number[] = [];
  for (let i = 0; i < view.length; i += step) {
    const x = Math.abs(view[i] as number);
    if (x - x === 0) sample.push(x);
  }
  if (sample.length === 0) return 1;
  sample.sort((a, b) => a - b);
  const p99 = sample[Math.floor(0.99 * (sample.length - 1))] as number;
  return p99 > 0 ? p99 : (sample.at(-1) as number) || 1;
}
