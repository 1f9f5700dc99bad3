// How numbers are written on the page: short, never longer than they are true to. A value that would round to 0 is shown in
// powers of ten rather than as 0.

/** Three significant digits: `-4`, `0.73`, `1.4e-3`, `12.3k`. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e5 ? trimmed(size) : scientific(size);
  return value < 0 ? `−${text}` : text;
}

/** The fewest digits that mean this float32 and no other, for read-outs where exactness matters. */
export function formatExact(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const size = Math.abs(value);
  let digits = 6;
  while (digits < 9 && Math.fround(Number(size.toPrecision(digits))) !== Math.fround(size)) digits++;
  const short = Number(size.toPrecision(digits));
  const text = size !== 0 && (size < 1e-4 || size >= 1e9) ? short.toExponential() : String(short);
  return value < 0 ? `−${text}` : text;
}

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

function trimmed(size: number): string {
  return String(Number(size.toPrecision(size >= 1000 ? 5 : 3)));
}

function scientific(size: number): string {
  const [digits, exponent] = size.toExponential(1).split('e') as [string, string];
  return `${digits.replace(/\.0$/, '')}e${exponent.replace('+', '').replace('-', '−')}`;
}
