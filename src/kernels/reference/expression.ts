// Expression bodies evaluated in float64. Special values, shared with the WebAssembly kernels: comparisons with NaN are
// false except `ne`; `not`, `and`, `or` and `select` take NaN for true; `max` and `min` give NaN when an operand is NaN;
// `sign(NaN)` is NaN; `round` sends halves to the even neighbour. The sign of a zero result is unspecified for max, min,
// sign and round. `pow` follows IEEE 754: pow(x, 0) and pow(1, y) are 1 even with NaN (−Infinity to ±0.5 may give NaN).
import type { BinaryFunction, Expression, UnaryFunction } from '../../program/kernel-spec.ts';
import { errorFunction, roundHalfEven } from './special.ts';

/** Values of all lines at one point; the array returned is overwritten by the next call. */
export type Evaluate = (inputs: Float64Array, index: Int32Array) => Float64Array;

/** JavaScript's power, but 1 where IEEE 754 says so and ECMAScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

const unary: { readonly [F in UnaryFunction]: (x: number) => number } = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  erf: errorFunction,
  reciprocal: (x) => 1 / x,
  floor: Math.floor,
  round: roundHalfEven,
  softplus: (x) => (x > 20 ? x : Math.log1p(Math.exp(x))),
  flush: (x) => (Math.abs(x) < 1e-30 ? 0 : x),
  not: (x) => (x === 0 ? 1 : 0),
};

const binary: { readonly [F in BinaryFunction]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: power,
  max: Math.max,
  min: Math.min,
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  and: (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  or: (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
};

type Line = (inputs: Float64Array, index: Int32Array) => number;

function compileLine(e: Expression, lines: Float64Array): Line {
  switch (e.op) {
    case 'input':
      return (inputs) => inputs[e.input] as number;
    case 'const':
      return () => e.value;
    case 'coord':
      return (_, index) => index[e.axis] as number;
    case 'select':
      return () => (lines[e.condition] !== 0 ? lines[e.a] : lines[e.b]) as number;
    default: {
      if ('b' in e) {
        const apply = binary[e.op];
        return () => apply(lines[e.a] as number, lines[e.b] as number);
      }
      const apply = unary[e.op];
      return () => apply(lines[e.a] as number);
    }
  }
}

/** Compiles a body once, to be evaluated at many points. */
export function compileExpression(body: readonly Expression[]): Evaluate {
  const lines = new Float64Array(body.length);
  const steps = body.map((e) => compileLine(e, lines));
  return (inputs, index) => {
    for (let i = 0; i < steps.length; i++) lines[i] = (steps[i] as Line)(inputs, index);
    return lines;
  };
}
