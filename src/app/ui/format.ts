// How counts, sizes and ranges are written on the page. Single numbers are written as the engine's explanations write them.
import { formatNumber } from '../../tensor/number-text.ts';

export { formatExact, formatNumber } from '../../tensor/number-text.ts';

/** `0 … 3.0`, or `±1.4e−3` when the range is symmetric about zero. */
export function formatRange(low: number, high: number): string {
  if (low === -high && high > 0) return `±${formatNumber(high)}`;
  return `${formatNumber(low)} … ${formatNumber(high)}`;
}

/** `36,864`, `1.2M`. */
export function formatCount(count: number): string {
  if (count < 1e5) return count.toLocaleString('en-US');
  for (const [unit, size] of [
    ['T', 1e12],
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (count >= size) return `${Number((count / size).toPrecision(3))}${unit}`;
  }
  return String(count);
}

/** `512 B`, `2.1 MB` (powers of 1024). */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'] as const;
  let size = bytes / 1024;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
