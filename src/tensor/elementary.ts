// exp, log, sin, cos and power from additions, multiplications and exact bit operations only, because Math.exp and its like
// differ in the last bits between engines. Relative error below 1e-14 over the normal range: for generators and
// initialisers, not for kernels (these have float32 versions of their own).

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;

/** 2^k for integer k, exact. */
function powerOfTwo(k: number): number {
  let result = 1;
  const base = k < 0 ? 0.5 : 2;
  for (let i = Math.abs(k); i > 0; i--) result *= base;
  return result;
}

/** e^x. Overflows to Infinity, underflows to 0, keeps NaN. */
export function exponential(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.8) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.round(x / Math.LN2);
  const r = x - k * ln2High - k * ln2Low;
  let sum = 1;
  for (let n = 16; n > 0; n--) sum = 1 + (r * sum) / n; // Taylor on |r| <= 0.35: remainder below 1e-22
  return sum * powerOfTwo(k);
}

/** Natural logarithm. -Infinity at 0, NaN below. */
export function logarithm(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  let m = x;
  while (m > Math.SQRT2) {
    m *= 0.5;
    k++;
  }
  while (m < Math.SQRT1_2) {
    m *= 2;
    k--;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let n = 23; n > 0; n -= 2) sum = 1 / n + s2 * sum; // atanh series on |s| <= 0.172
  return k * ln2High + (2 * s * sum + k * ln2Low);
}

/** Cosine for |x| up to about 1e5. */
export function cosine(x: number): number {
  return sine(x + Math.PI / 2);
}

/** Sine for |x| up to about 1e5. */
export function sine(x: number): number {
  const turns = Math.round(x / Math.PI);
  const r = x - turns * 3.1415926534682512 - turns * 1.2154201013012384e-10; // pi split in two: the first product is exact
  const r2 = r * r;
  // Taylor, innermost first: n(n + 1) for n = 20, 18 … 2. Written out, since pictures are drawn with thousands of these.
  let sum = 1 - r2 / 420;
  sum = 1 - (r2 / 342) * sum;
  sum = 1 - (r2 / 272) * sum;
  sum = 1 - (r2 / 210) * sum;
  sum = 1 - (r2 / 156) * sum;
  sum = 1 - (r2 / 110) * sum;
  sum = 1 - (r2 / 72) * sum;
  sum = 1 - (r2 / 42) * sum;
  sum = 1 - (r2 / 20) * sum;
  sum = 1 - (r2 / 6) * sum;
  const value = r * sum;
  // The remainder of a division of floats is slow where the halves are not.
  const half = turns * 0.5;
  return Math.floor(half) === half ? value : -value;
}

/** Hyperbolic tangent. */
export function hyperbolicTangent(x: number): number {
  if (x > 20) return 1;
  if (x < -20) return -1;
  const e = exponential(2 * x);
  return (e - 1) / (e + 1);
}

/** base^exponent for base > 0. */
export function power(base: number, exponent: number): number {
  return exponential(exponent * logarithm(base));
}
