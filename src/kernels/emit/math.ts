// Elementary functions of four float32 lanes: polynomials fitted for this file (weighted least squares, iterated towards the
// minimax solution), additions, multiplications, divisions and bit operations only, so that all engines give the same bits.
// Each takes and gives vectors; operands must be cheap to repeat (a local). NaN stays NaN. The relative errors stated hold
// for normal results; results that would be denormal become 0, because denormal operands are a hundred times slower.
import type { Code } from '../encoder/code.ts';
import { f32x4, i32, i32x4, v128 } from '../encoder/instructions.ts';
import type { VectorBlock } from './vector-block.ts';

export type VectorFunction = (block: VectorBlock, x: Code) => Code;

/** c0 + c1·x + c2·x² + … */
function polynomial(block: VectorBlock, x: Code, coefficients: readonly number[]): Code {
  return coefficients
    .slice(0, -1)
    .reduceRight<Code>(
      (sum, c) => block.madd(sum, x, block.constant(c)),
      block.constant(coefficients.at(-1) as number),
    );
}

const shiftLeft = (x: Code, count: number) => i32x4.shl(x, i32.const(count));
const magnitude = (block: VectorBlock, x: Code) => v128.and(x, block.bits(0x7fffffff));
const signBit = (block: VectorBlock, x: Code) => v128.and(x, block.bits(0x80000000));
/** All ones, which is a NaN, where the mask is set. */
const orNaN = (x: Code, mask: Code) => v128.or(x, mask);
/** Within [low, high]; NaN stays. */
const clamp = (block: VectorBlock, x: Code, low: number, high: number) =>
  f32x4.pmin(f32x4.pmax(x, block.constant(low)), block.constant(high));

/** Adding it leaves the nearest integer in the low bits. */
const roundingMagic = 1.5 * 2 ** 23;

/** 2·e^r·2^(n−1) for x = n·ln 2 + r. Below 1.2e-7; 0 below −87, Infinity above 88.73. */
export function exp(block: VectorBlock, x: Code): Code {
  const ln2High = 0.693359375; // nine bits: n·ln2High is exact
  const clamped = block.hold(clamp(block, x, -87.34, 88.8));
  // The exponent's bias comes along, so that one shift makes the low bits 2^(n−1).
  const magic = block.constant(roundingMagic + 126);
  const biased = block.hold(block.madd(clamped, block.constant(Math.LOG2E), magic));
  const n = block.hold(f32x4.sub(biased, magic));
  const high = block.madd(n, block.constant(-ln2High), clamped);
  const r = block.hold(block.madd(n, block.constant(ln2High - Math.LN2), high));
  const tail = [0.5, 0.16666506230831146, 0.041666168719530106, 0.008370321244001389, 0.0013952970039099455];
  const two = block.constant(2);
  const twice = block.madd(
    f32x4.mul(r, r),
    polynomial(
      block,
      r,
      tail.map((c) => 2 * c),
    ),
    block.madd(r, two, two),
  );
  return f32x4.mul(twice, shiftLeft(biased, 23));
}

/** x = m·2^e with m in [√½, √2): both held, e as a float32. Not for 0, infinities and NaN. */
function splitExponent(block: VectorBlock, x: Code): { m: Code; e: Code } {
  const denormal = block.hold(f32x4.lt(x, block.constant(2 ** -126)));
  const normal = block.hold(v128.bitselect(f32x4.mul(x, block.constant(2 ** 23)), x, denormal));
  const steps = block.hold(i32x4.shrS(i32x4.sub(normal, block.bits(0x3f3504f3)), i32.const(23)));
  const m = block.hold(i32x4.sub(normal, shiftLeft(steps, 23)));
  const e = block.hold(f32x4.sub(f32x4.convertI32x4S(steps), v128.and(denormal, block.constant(23))));
  return { m, e };
}

/** log(1+z) + e·ln 2. Below 1.2e-7; −Infinity at 0, NaN below. */
export function log(block: VectorBlock, x: Code): Code {
  const ln2High = 0.693359375;
  const { m, e } = splitExponent(block, x);
  const z = block.hold(f32x4.sub(m, block.constant(1)));
  const z2 = block.hold(f32x4.mul(z, z));
  const p = polynomial(
    block,
    z,
    [
      0.3333333134651184, -0.250008225440979, 0.20001226663589478, -0.16623356938362122, 0.14201761782169342,
      -0.131601944565773, 0.12761549651622772, -0.07634429633617401,
    ],
  );
  const low = block.madd(e, block.constant(Math.LN2 - ln2High), f32x4.mul(z2, f32x4.mul(z, p)));
  const finite = block.madd(
    e,
    block.constant(ln2High),
    f32x4.add(z, f32x4.sub(low, f32x4.mul(z2, block.constant(0.5)))),
  );
  const infinity = block.constant(Number.POSITIVE_INFINITY);
  const orInfinite = v128.bitselect(infinity, finite, f32x4.eq(x, infinity));
  const zero = block.constant(0);
  const orZero = v128.bitselect(block.constant(Number.NEGATIVE_INFINITY), orInfinite, f32x4.eq(x, zero));
  return orNaN(orZero, v128.not(f32x4.ge(x, zero)));
}

/** x·p(x²)/q(x²), fitted up to 8.6, where it rounds to 1. Below 3e-7, and within [−1, 1]. */
export function tanh(block: VectorBlock, x: Code): Code {
  const t = block.hold(clamp(block, x, -8.6, 8.6));
  const u = block.hold(f32x4.mul(t, t));
  const p = polynomial(
    block,
    u,
    [1, 0.1294388324022293, 0.002947360510006547, 9.51267338678008e-6, -1.3527677644731284e-8, 2.020617527465074e-11],
  );
  const q = polynomial(block, u, [1, 0.46277183294296265, 0.023871786892414093, 0.0002317925973329693]);
  return clamp(block, f32x4.div(f32x4.mul(t, p), q), -1, 1);
}

/** 1/(1 + e^−x). Below 2.5e-7. */
export function sigmoid(block: VectorBlock, x: Code): Code {
  const one = block.constant(1);
  return f32x4.div(one, f32x4.add(one, exp(block, block.hold(f32x4.neg(x)))));
}

/** Odd polynomial below 0.93, 1 − e^−q(|x|) above with q fitted to −log erfc. Below 2e-7. */
export function erf(block: VectorBlock, x: Code): Code {
  const a = block.hold(magnitude(block, x));
  const u = block.hold(f32x4.mul(x, x));
  const p = polynomial(
    block,
    u,
    [
      1.128379225730896, -0.37612631916999817, 0.11283663660287857, -0.026857705786824226, 0.005196951795369387,
      -0.0008097702520899475, 8.185090700862929e-5,
    ],
  );
  const small = block.hold(f32x4.mul(x, p));
  const t = block.hold(f32x4.pmin(a, block.constant(3.93))); // 1 − erf(3.93) is half a unit in the last place
  const q = [
    0.00020700889581348747, 1.1276273727416992, 0.6372657418251038, 0.10385636985301971, -0.02218977548182011,
    0.003033692017197609, -0.0001949467114172876,
  ];
  const complement = exp(
    block,
    block.hold(
      polynomial(
        block,
        t,
        q.map((c) => -c),
      ),
    ),
  );
  const large = f32x4.sub(block.constant(1), complement);
  return v128.bitselect(small, v128.or(large, signBit(block, x)), f32x4.lt(a, block.constant(0.93)));
}

/** max(x, 0) + log1p(u), u = e^−|x|, log1p(u) = 2·artanh(u/(u + 2)). Below 3e-7. */
export function softplus(block: VectorBlock, x: Code): Code {
  const u = block.hold(exp(block, block.hold(v128.or(x, block.bits(0x80000000)))));
  const s = block.hold(f32x4.div(u, f32x4.add(u, block.constant(2))));
  const v = block.hold(f32x4.mul(s, s));
  const p = polynomial(
    block,
    v,
    [2, 0.6666667461395264, 0.3999887704849243, 0.2861688435077667, 0.21427656710147858, 0.24300938844680786],
  );
  return block.madd(s, p, f32x4.pmax(x, block.constant(0)));
}

/** Sine of x + quarters·π/2: x = n·π/2 + r, then the polynomial and the sign of the quadrant. */
function sineOfQuadrant(block: VectorBlock, x: Code, quarters: 0 | 1): Code {
  const t = block.hold(block.madd(x, block.constant(2 / Math.PI), block.constant(roundingMagic)));
  const n = block.hold(f32x4.sub(t, block.constant(roundingMagic)));
  // π/2 in three parts; the products with the first two are exact for |n| < 2^13.
  const parts = [1.5703125, 4.837512969970703e-4, 7.549789954891882e-8];
  const reduced = parts.reduce<Code>((rest, part) => block.madd(n, block.constant(-part), rest), x);
  const r = block.hold(clamp(block, reduced, -0.8, 0.8));
  const u = block.hold(f32x4.mul(r, r));
  const quadrant = quarters === 0 ? t : block.hold(i32x4.add(t, block.bits(1)));
  const sine = block.madd(
    f32x4.mul(r, u),
    polynomial(block, u, [-0.16666653752326965, 0.008332131430506706, -0.00019510838319547474]),
    r,
  );
  const half = block.madd(u, block.constant(-0.5), block.constant(1));
  const cosine = block.madd(
    f32x4.mul(u, u),
    polynomial(block, u, [0.04166664555668831, -0.0013887305976822972, 2.4431203200947493e-5]),
    half,
  );
  const odd = i32x4.shrS(shiftLeft(quadrant, 31), i32.const(31));
  const sign = shiftLeft(v128.and(quadrant, block.bits(2)), 30);
  return v128.xor(v128.bitselect(cosine, sine, odd), sign);
}

/** Below 2e-7 for |x| ≤ 100, absolutely below 2e-7 up to 1e4; in [−1, 1] but of no meaning above 1e6. */
export function sin(block: VectorBlock, x: Code): Code {
  return sineOfQuadrant(block, x, 0);
}

/** As sin. */
export function cos(block: VectorBlock, x: Code): Code {
  return sineOfQuadrant(block, x, 1);
}

/** The upper 12 bits of a float32's 24, and the rest: products of such halves are exact. */
function halves(block: VectorBlock, x: Code): { high: Code; low: Code } {
  const high = block.hold(v128.and(x, block.bits(0xfffff000)));
  return { high, low: block.hold(f32x4.sub(x, high)) };
}

const { add, sub, mul } = f32x4;

/** log2 of a positive normal number as an unevaluated sum high + low, good to about 2^-31. */
function preciseLog2(block: VectorBlock, x: Code): { high: Code; low: Code } {
  const scale = 2 / Math.LN2;
  const scaleHigh = 2.884765625; // twelve bits
  const { m, e } = splitExponent(block, x);
  const one = block.constant(1);
  // s = (m − 1)/(m + 1) with the remainder of the division; log2 m = scale·artanh s.
  const u = block.hold(sub(m, one));
  const v = block.hold(add(m, one));
  const vRest = sub(m, sub(v, one));
  const s = block.hold(f32x4.div(u, v));
  const sHalf = halves(block, s);
  const vHalf = halves(block, v);
  const first = sub(sub(u, mul(sHalf.high, vHalf.high)), mul(sHalf.high, vHalf.low));
  const remainder = sub(sub(sub(first, mul(sHalf.low, vHalf.high)), mul(sHalf.low, vHalf.low)), mul(s, vRest));
  const sRest = f32x4.div(remainder, v);
  const s2 = block.hold(mul(s, s));
  const tail = mul(
    mul(s, s2),
    polynomial(
      block,
      s2,
      [0.6666666269302368, 0.4000033736228943, 0.2853720486164093, 0.23584255576133728].map((c) => c / Math.LN2),
    ),
  );
  const a = block.hold(mul(sHalf.high, block.constant(scaleHigh)));
  const small = add(mul(sHalf.low, block.constant(scaleHigh)), mul(s, block.constant(scale - scaleHigh)));
  const b = add(add(tail, small), mul(sRest, block.constant(scale)));
  const sum = block.hold(add(e, a));
  const rest = block.hold(add(sub(a, sub(sum, e)), b));
  const high = block.hold(add(sum, rest));
  return { high, low: block.hold(sub(rest, sub(high, sum))) };
}

/** 2^(p + rest) for a small rest; 0 below about 2^-125. */
function exp2(block: VectorBlock, p: Code, rest: Code): Code {
  const clamped = block.hold(clamp(block, p, -126, 128.4));
  const magic = block.constant(roundingMagic + 126);
  const biased = block.hold(add(clamped, magic));
  const r = block.hold(add(sub(clamped, sub(biased, magic)), clamp(block, rest, -0.01, 0.01)));
  const coefficients = [
    1, 0.6931471824645996, 0.24022650718688965, 0.0555032454431057, 0.009618000127375126, 0.0013401590986177325,
    0.00015477347187697887,
  ];
  const twice = polynomial(
    block,
    r,
    coefficients.map((c) => 2 * c),
  );
  return mul(twice, shiftLeft(biased, 23));
}

/** x^y with IEEE 754's special cases. Below 3e-7: the logarithm is carried with 31 bits. Never fused, so always the same bits. */
export function pow(fusing: VectorBlock, x: Code, y: Code): Code {
  const block: VectorBlock = { ...fusing, madd: (a, b, c) => add(mul(a, b), c) };
  const a = block.hold(magnitude(block, x));
  const log2 = preciseLog2(block, a);
  const bounded = block.hold(clamp(block, y, -1e30, 1e30));
  const yHalf = halves(block, bounded);
  const lHalf = halves(block, log2.high);
  const p = block.hold(mul(bounded, log2.high));
  const first = add(sub(mul(yHalf.high, lHalf.high), p), mul(yHalf.high, lHalf.low));
  const rest = add(add(add(first, mul(yHalf.low, lHalf.high)), mul(yHalf.low, lHalf.low)), mul(bounded, log2.low));
  const size = exp2(block, p, block.hold(rest));

  const zero = block.constant(0);
  const infinity = block.constant(Number.POSITIVE_INFINITY);
  const isInfinite = block.hold(f32x4.eq(a, infinity));
  const isEdge = block.hold(v128.or(isInfinite, f32x4.eq(a, zero)));
  const edge = v128.andnot(infinity, v128.xor(isInfinite, f32x4.gt(y, zero)));
  const isInteger = block.hold(f32x4.eq(f32x4.nearest(y), y));
  const half = block.hold(mul(y, block.constant(0.5)));
  const isOdd = v128.and(isInteger, f32x4.ne(f32x4.nearest(half), half));
  const signed = v128.or(v128.bitselect(edge, size, isEdge), v128.and(signBit(block, x), isOdd));
  const undefined_ = v128.andnot(f32x4.lt(x, zero), v128.or(isInteger, isEdge));
  const isNaN_ = v128.or(f32x4.ne(x, x), f32x4.ne(y, y));
  const one = block.constant(1);
  return v128.bitselect(one, orNaN(signed, v128.or(undefined_, isNaN_)), v128.or(f32x4.eq(y, zero), f32x4.eq(x, one)));
}
