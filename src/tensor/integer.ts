// Arithmetic of int32 where it is not that of numbers cut off: what references, kernels and operators agree on.

/** a + b, wrapped to 32 bits. */
export function integerAdd(a: number, b: number): number {
  return (a + b) | 0;
}

/** a − b, wrapped to 32 bits. */
export function integerSubtract(a: number, b: number): number {
  return (a - b) | 0;
}

/** The quotient cut towards 0; 0 where the divisor is 0; −2³¹ / −1 wraps. */
export function integerDivide(a: number, b: number): number {
  return b === 0 ? 0 : (a / b) | 0;
}

/** aⁿ with products that wrap; of negative n the part before the point: ±1 for ±1, else 0. */
export function integerPower(a: number, n: number): number {
  if (n < 0) return a === 1 || (a === -1 && n % 2 === 0) ? 1 : a === -1 ? -1 : 0;
  let result = 1;
  for (let base = a, rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}
