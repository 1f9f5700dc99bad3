// How numbers are written for people, on the page and in explanations alike: never longer than they are true to, with a true
// minus. A value that would round to 0 is shown in powers of ten rather than as 0.

/** Three significant digits: `−4`, `0.73`, `1.4e−3`, `12345`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return unbounded(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e5 ? trimmed(size) : scientific(size);
  return value < 0 ? `−${text}` : text;
}

/** The fewest digits that mean this float32 and no other, for read-outs where exactness matters. */
export function formatExact(value: number): string {
  if (!Number.isFinite(value)) return unbounded(value);
  const size = Math.abs(value);
  let digits = 6;
  while (digits < 9 && Math.fround(Number(size.toPrecision(digits))) !== Math.fround(size)) digits++;
  const short = Number(size.toPrecision(digits));
  const text = size !== 0 && (size < 1e-4 || size >= 1e9) ? exponent(short.toExponential()) : String(short);
  return value < 0 ? `−${text}` : text;
}

function unbounded(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
}

function trimmed(size: number): string {
  return String(Number(size.toPrecision(size >= 1000 ? 5 : 3)));
}

function scientific(size: number): string {
  return exponent(size.toExponential(1).replace('.0e', 'e'));
}

function exponent(text: string): string {
  return text.replace('e+', 'e').replace('e-', 'e−');
}
