import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { detectFeatures } from '../../../src/kernels/features.ts';
import { createKernelLibrary, type KernelLibrary } from '../../../src/kernels/library.ts';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type { BinaryFunction, ElementwiseSpec, Expression, UnaryFunction } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';

setFlagsFromString('--experimental-wasm-relaxed-simd'); // fused multiply-add, where this engine hides it
const library = createKernelLibrary({ fma: false });
const fusing = createKernelLibrary();

function specOf(count: number, inputs: number, body: readonly Expression[]): ElementwiseSpec {
  const access = { dtype: 'float32', offset: 0, strides: [1] } as const;
  const whole = { ...access, slot: 0, value: body.length - 1 };
  return { op: 'elementwise', shape: [count], inputs: Array(inputs).fill(access), body, outputs: [whole] };
}

const unarySpec = (op: UnaryFunction, count: number) =>
  specOf(count, 1, [
    { op: 'input', input: 0 },
    { op, a: 0 },
  ]);

const binarySpec = (op: BinaryFunction, count: number) =>
  specOf(count, 2, [
    { op: 'input', input: 0 },
    { op: 'input', input: 1 },
    { op, a: 0, b: 1 },
  ]);

function compute(spec: ElementwiseSpec, ...inputs: Float32Array[]): Float32Array {
  return computeWith(library, spec, inputs);
}

function computeWith(by: KernelLibrary, spec: ElementwiseSpec, inputs: Float32Array[]): Float32Array {
  const { outputs, damaged } = runKernel(by, spec, inputs, [new Float32Array(inputs[0]?.length ?? 0)]);
  expect(damaged).toBe(0);
  return outputs[0] as Float32Array;
}

function exact(spec: ElementwiseSpec, ...inputs: Float32Array[]): Float64Array {
  const output = new Float64Array(inputs[0]?.length ?? 0);
  runReference(spec, inputs, [output]);
  return output;
}

/** Every float32 whose bits are `step` apart, of magnitude in [low, high], both signs. */
function sweep(low: number, high: number, step: number): Float32Array {
  const bits = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0] as number;
  const patterns: number[] = [];
  for (let at = bits(low); at <= bits(high); at += step) patterns.push(at, at + 2 ** 31);
  return new Float32Array(Uint32Array.from(patterns).buffer);
}

const leastNormal = 2 ** -126;

/** Largest error relative to the exact value, or absolute below `floor`. */
function worstError(got: Float32Array, want: Float64Array, floor: number): number {
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const a = got[i] as number;
    const b = want[i] as number;
    if (Math.fround(b) === a || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const error = Math.abs(a - b) / Math.max(Math.abs(b), floor);
    worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return worst;
}

describe('elementary functions over the float32 range', () => {
  it('has fused and unfused versions to compare', () => {
    expect(detectFeatures().relaxedSimd).toBe(true);
    const x = sweep(1, 10, 1001);
    const spec = unarySpec('exp', x.length);
    expect(computeWith(fusing, spec, [x])).not.toEqual(compute(spec, x));
  });

  // [function, smallest and largest magnitude, bound on the relative error]
  const cases: readonly (readonly [UnaryFunction, number, number, number])[] = [
    ['exp', 1e-20, 86.9, 1.3e-7],
    ['log', 1e-44, 3e38, 1.3e-7],
    ['tanh', 1e-20, 3e38, 3e-7],
    ['sigmoid', 1e-20, 86, 2.5e-7],
    ['erf', 1e-20, 3e38, 2.5e-7],
    ['softplus', 1e-20, 86, 3e-7],
    ['sin', 1e-20, 100, 2.5e-7],
    ['cos', 1e-20, 100, 2.5e-7],
    ['sqrt', 1e-30, 3e38, 1e-7],
    ['reciprocal', 1e-30, 1e30, 1e-7],
  ];
  it.each(cases)('%s', (op, low, high, bound) => {
    const x = sweep(low, high, 40009);
    const spec = unarySpec(op, x.length);
    const error = worstError(compute(spec, x), exact(spec, x), leastNormal);
    expect(error).toBeLessThan(bound);
    expect(worstError(computeWith(fusing, spec, [x]), exact(spec, x), leastNormal)).toBeLessThan(bound);
    expect(x.length).toBeGreaterThan(10_000);
  });

  it('tanh and erf stay within [-1, 1], sigmoid within [0, 1]', () => {
    const x = sweep(1, 20, 997);
    for (const by of [library, fusing]) {
      for (const [op, low] of [['tanh', -1] as const, ['erf', -1] as const, ['sigmoid', 0] as const]) {
        const y = computeWith(by, unarySpec(op, x.length), [x]);
        expect(y.filter((v) => v < low || v > 1).length, op).toBe(0);
      }
    }
  });

  it.each(['sin', 'cos'] as const)('%s stays absolutely accurate to 10000', (op) => {
    const x = sweep(100, 1e4, 37);
    const spec = unarySpec(op, x.length);
    expect(worstError(compute(spec, x), exact(spec, x), 1)).toBeLessThan(2e-7);
  });

  it.each(['neg', 'abs', 'sign', 'floor', 'round', 'flush', 'not'] as const)('%s is exact', (op) => {
    const x = sweep(1e-38, 3e38, 40009);
    const spec = unarySpec(op, x.length);
    expect(worstError(compute(spec, x), exact(spec, x), leastNormal)).toBe(0);
  });
});

describe('pow', () => {
  it('is accurate however large the exponent', () => {
    const bases = sweep(1e-30, 1e30, 2_000_003).filter((x) => x > 0);
    const x: number[] = [];
    const y: number[] = [];
    for (const base of bases) {
      for (const power of [0.3, -0.7, 1.7, 2.5, -3.2, 7, 12.25, 101.5]) {
        x.push(base, 1 + base / 1e31);
        y.push(power, power * 1000);
      }
      // just short of overflow and underflow
      x.push(base, base);
      y.push(87 / Math.log(base), -86 / Math.log(base));
    }
    const spec = binarySpec('pow', x.length);
    const inputs = [Float32Array.from(x), Float32Array.from(y)];
    const want = exact(spec, ...inputs);
    const normal = want.map((v) => (v !== 0 && (v < 1.7e-38 || v > 3.4e38) ? Number.NaN : v));
    const got = compute(spec, ...inputs).map((v, i) => (Number.isNaN(normal[i]) ? Number.NaN : v));
    expect(worstError(got, normal, leastNormal)).toBeLessThan(3e-7);
    expect(normal.filter((v) => !Number.isNaN(v) && v !== 0).length).toBeGreaterThan(3000);
  });

  it('has the special cases of IEEE 754', () => {
    const odd = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1e10, 1e38, -1e38, Infinity, -Infinity, Number.NaN, 7.5, -7.5];
    const x = Float32Array.from(odd.flatMap((a) => odd.map(() => a)));
    const y = Float32Array.from(odd.flatMap(() => odd));
    const spec = binarySpec('pow', x.length);
    const got = compute(spec, x, y);
    exact(spec, x, y).forEach((want, i) => {
      const where = `${x[i]} ** ${y[i]}`;
      const flushed = want !== 0 && Math.abs(want) < leastNormal ? 0 * want : Math.fround(want);
      if (Number.isFinite(flushed) && flushed !== 0) expect((got[i] as number) / flushed, where).toBeCloseTo(1, 6);
      else expect(got[i], where).toBe(flushed);
    });
  });

  it.each([0, 1, 2, 3, 4, 0.5, -0.5, -1, -2, 2.5, -1.5])('with the constant exponent %s', (exponent) => {
    const x = sweep(1e-9, 1e9, 100_003).filter((v) => v > 0 || Number.isInteger(exponent));
    const spec = specOf(x.length, 1, [
      { op: 'input', input: 0 },
      { op: 'const', value: exponent },
      { op: 'pow', a: 0, b: 1 },
    ]);
    expect(worstError(compute(spec, x), exact(spec, x), leastNormal)).toBeLessThan(3e-7);
  });
});

describe('special values', () => {
  const specials = Float32Array.of(0, -0, Infinity, -Infinity, Number.NaN, 1, -1, 1e-40, 100, -100, 3e38);

  it.each([
    ['exp', [1, 1, Infinity, 0, NaN, Math.fround(Math.E), Math.fround(Math.exp(-1)), 1, Infinity, 0, Infinity]],
    [
      'log',
      [
        -Infinity,
        -Infinity,
        Infinity,
        NaN,
        NaN,
        0,
        NaN,
        Math.fround(Math.log(1e-40)),
        Math.fround(Math.log(100)),
        NaN,
        Math.fround(Math.log(3e38)),
      ],
    ],
    [
      'sigmoid',
      [0.5, 0.5, 1, 0, NaN, Math.fround(1 / (1 + Math.exp(-1))), Math.fround(1 / (1 + Math.E)), 0.5, 1, 0, 1],
    ],
    ['tanh', [0, -0, 1, -1, NaN, Math.fround(Math.tanh(1)), Math.fround(Math.tanh(-1)), Math.fround(1e-40), 1, -1, 1]],
  ] as const)('%s', (op, want) => {
    const got = compute(unarySpec(op, specials.length), specials);
    got.forEach((value, i) => {
      const expected = want[i] as number;
      if (Number.isFinite(expected) && expected !== 0) expect(Math.abs(value / expected - 1)).toBeLessThan(2.5e-7);
      else expect(value).toBe(expected);
    });
  });

  it('softplus, erf, sin and cos at the ends', () => {
    const at = (op: UnaryFunction) => [...compute(unarySpec(op, specials.length), specials)];
    expect(at('softplus').slice(2, 5)).toEqual([Infinity, 0, NaN]);
    expect(at('erf').slice(0, 5)).toEqual([0, -0, 1, -1, NaN]);
    expect(at('sin').slice(0, 5)).toEqual([0, 0, NaN, NaN, NaN]);
    expect(at('cos').slice(0, 5)).toEqual([1, 1, NaN, NaN, NaN]);
  });

  it('NaN made of any bits stays NaN', () => {
    const nans = new Float32Array(Uint32Array.of(0xffffffff, 0x7fc00000, 0x7f800001, 0xffc0beef).buffer);
    for (const op of ['exp', 'log', 'tanh', 'sigmoid', 'erf', 'softplus', 'sin', 'cos', 'sign', 'flush'] as const) {
      expect([...compute(unarySpec(op, 4), nans)], op).toEqual([NaN, NaN, NaN, NaN]);
    }
  });

  it('max and min keep NaN from either side, and comparisons are false with it', () => {
    const a = Float32Array.of(1, NaN, 3, NaN, -5, Infinity, NaN);
    const b = Float32Array.of(2, 1, NaN, NaN, -6, -Infinity, Infinity);
    for (const op of ['max', 'min', 'gt', 'ge', 'lt', 'le', 'eq', 'ne', 'and', 'or'] as const) {
      const spec = binarySpec(op, a.length);
      expect([...compute(spec, a, b)], op).toEqual([...exact(spec, a, b)]);
    }
    for (const value of [0, 2, -3]) {
      for (const op of ['max', 'min'] as const) {
        for (const [first, second] of [
          [0, 1],
          [1, 0],
        ] as const) {
          const spec = specOf(a.length, 1, [
            { op: 'input', input: 0 },
            { op: 'const', value },
            { op, a: first, b: second },
          ]);
          expect([...compute(spec, a)]).toEqual([...exact(spec, a)]);
        }
      }
    }
  });
});
