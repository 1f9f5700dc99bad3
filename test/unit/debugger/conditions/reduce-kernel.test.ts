// Reductions as WebAssembly against the plain loops: the same numbers on random expressions over tensors of odd lengths, with NaN,
// infinities and zeros in them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reduceKernel } from '../../../../src/debugger/conditions/reduce-kernel.ts';
import {
  combine,
  compareOrder,
  type Elements,
  reducer,
  type Scalar,
} from '../../../../src/debugger/conditions/tensor-program.ts';
import { reductions } from '../../../../src/language/condition.ts';
import type { View } from '../../../../src/runtime/workspace.ts';

const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
const longest = 700;

/** Three float tensors and one of whole numbers. */
const views = (n: number): readonly View[] => [
  new Float32Array(memory.buffer, 64, n),
  new Float32Array(memory.buffer, 8192, n),
  new Int32Array(memory.buffer, 16_384, n),
  new Float32Array(memory.buffer, 24_576, n),
];

const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.1, 3),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e-300),
);

const { part } = fc.letrec((tie) => ({
  part: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'part' },
    fc.constantFrom(0, 0, 1, 2, 3).map((leaf) => (all: readonly View[]): Elements | Scalar => {
      const view = all[leaf] as View;
      return { kind: 'leaf', shape: [view.length], view: () => view };
    }),
    number.map((value) => (): Elements | Scalar => ({ kind: 'scalar', get: () => value })),
    fc
      .tuple(fc.constantFrom('abs', 'isnan', 'isinf', 'isfinite', 'sqrt', 'sign', 'negate', 'not'), tie('part'))
      .map(([operation, make]) => (all: readonly View[]): Elements | Scalar => {
        const operand = (make as Make)(all);
        return operand.kind === 'scalar' ? operand : { kind: 'unary', shape: operand.shape, operation, operand };
      }),
    fc
      .tuple(
        fc.constantFrom('+', '-', '*', '/', '<', '<=', '>', '>=', '==', '!=', 'and', 'or'),
        tie('part'),
        tie('part'),
      )
      .map(([sign, left, right]) => (all: readonly View[]): Elements | Scalar => {
        const [a, b] = [(left as Make)(all), (right as Make)(all)];
        return a.kind === 'scalar' && b.kind === 'scalar' ? a : (combine(sign, a, b) as Elements);
      }),
  ),
}));

type Make = (all: readonly View[]) => Elements | Scalar;

describe('reductions as WebAssembly', () => {
  test('say what the plain loops say', () => {
    let [compared, extraordinary] = [0, 0];
    const elements = fc.array(fc.array(number, { minLength: longest, maxLength: longest }), {
      minLength: 1,
      maxLength: 1,
    });
    fc.assert(
      fc.property(
        part as fc.Arbitrary<Make>,
        elements,
        fc.integer({ min: 64, max: longest }),
        fc.constantFrom(...reductions),
        fc.boolean(),
        (make, [given = []], n, reduction, finite) => {
          const all = views(n);
          for (const [which, view] of all.entries())
            for (let i = 0; i < n; i++) {
              const x = given[(i * (which + 1)) % longest] as number;
              view[i] = finite && !(Math.abs(x) < 200) ? i % 7 : x;
            }
          // What lies behind the last element is not its own.
          new Float32Array(memory.buffer, 64, longest + 8).fill(Number.NaN, n);
          const whole = make(all);
          if (whole.kind === 'scalar') return;
          const kernel = reduceKernel(reduction, whole, memory);
          if (!kernel) throw new Error('there is a kernel for it');
          const [actual, wanted] = [kernel.get(), reducer(reduction, whole)()];
          compared++;
          if (!Number.isFinite(wanted)) extraordinary++;
          // The sign of a zero apart.
          if (!Object.is(actual + 0, wanted + 0)) throw new Error(`${reduction}: ${actual} and not ${wanted}`);
        },
      ),
      { numRuns: 2500 },
    );
    expect(compared).toBeGreaterThan(1500);
    expect(extraordinary).toBeGreaterThan(200);
  });

  test('views are read anew, scalars asked anew, each time', () => {
    const [view] = views(100) as [View];
    view.fill(1);
    let bound = 2;
    const leaf: Elements = { kind: 'leaf', shape: [100], view: () => view };
    const kernel = reduceKernel('count', combine('>', leaf, { kind: 'scalar', get: () => bound }) as Elements, memory);
    expect(kernel?.get()).toBe(0);
    view[99] = 3;
    expect(kernel?.get()).toBe(1);
    bound = 0;
    expect(kernel?.get()).toBe(100);
  });

  test('comparisons with numbers between two float32 are those of float64', () => {
    const [view] = views(64) as [View];
    const leaf: Elements = { kind: 'leaf', shape: [64], view: () => view };
    const near = Math.fround(0.1);
    view.fill(near);
    for (const [sign, bound, count] of [
      ['>', 0.1, 64],
      ['>=', 0.1, 64],
      ['<', 0.1, 0],
      ['<=', near, 64],
      ['==', 0.1, 0],
      ['!=', 0.1, 64],
      ['==', near, 64],
      ['<', near + 1e-12, 64],
      ['>', near - 1e-12, 64],
      ['<', 1e300, 64],
      ['>', -1e300, 64],
      ['>', 1e300, 0],
      ['!=', Number.NaN, 64],
    ] as const) {
      const whole = combine(sign, leaf, { kind: 'scalar', get: () => bound }) as Elements;
      expect([sign, bound, reduceKernel('count', whole, memory)?.get()]).toEqual([sign, bound, count]);
      const turned = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;
      const mirrored = combine(turned[sign], { kind: 'scalar', get: () => bound }, leaf) as Elements;
      expect([sign, bound, reduceKernel('count', mirrored, memory)?.get()]).toEqual([sign, bound, count]);
    }
  });

  test('sizes of differences are found sooner, and compare as exact ones do', () => {
    const [a, b] = views(300) as [View, View];
    const leaf = (view: View): Elements => ({ kind: 'leaf', shape: [300], view: () => view });
    const difference = combine('-', leaf(a), leaf(b)) as Elements;
    const size: Elements = { kind: 'unary', shape: [300], operation: 'abs', operand: difference };
    let asked = 0;
    for (const scale of [1e-3, 1, 1e30, 1e-42]) {
      for (let i = 0; i < 300; i++) [a[i], b[i]] = [scale * ((i * 7919) % 977), (i % 13) / 977 - scale * i];
      const wanted = Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] as number))));
      for (const [reduction, elements] of [
        ['max', size],
        ['absmax', difference],
        ['absmax', size],
      ] as const) {
        const kernel = reduceKernel(reduction, elements, memory) as Scalar;
        expect(kernel.get()).toBe(wanted);
        expect(Math.abs((kernel.near?.() ?? 0) - wanted)).toBeLessThanOrEqual(wanted * 2 ** -24);
        const get = () => {
          asked++;
          return kernel.get();
        };
        const exact: Scalar = { ...kernel, get };
        for (const off of [-1, -(2 ** -19), -(2 ** -23), -(2 ** -50), 0, 2 ** -50, 2 ** -23, 2 ** -19, 1]) {
          const bound: Scalar = { kind: 'scalar', get: () => wanted * (1 + off) };
          for (const [sign, holds] of [
            ['<', wanted < bound.get()],
            ['<=', wanted <= bound.get()],
            ['>', wanted > bound.get()],
            ['>=', wanted >= bound.get()],
          ] as const) {
            expect([sign, off, compareOrder(sign, exact, bound)()]).toEqual([sign, off, Number(holds)]);
            const turned = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
            expect(compareOrder(turned[sign], bound, exact)()).toBe(Number(holds));
          }
        }
      }
    }
    // Only those that are near were asked exactly.
    expect(asked).toBe(4 * 3 * 5 * 8);
  });

  test('what is no finite number is compared exactly', () => {
    const [a, b] = views(64) as [View, View];
    const leaf = (view: View): Elements => ({ kind: 'leaf', shape: [64], view: () => view });
    const kernel = reduceKernel('absmax', combine('-', leaf(a), leaf(b)) as Elements, memory) as Scalar;
    const bound: Scalar = { kind: 'scalar', get: () => 1e39 };
    // Too large for float32, and none.
    for (const [x, below, above] of [
      [3e38, 1, 0],
      [Number.NaN, 0, 0],
      [Number.POSITIVE_INFINITY, 0, 1],
    ] as const) {
      a.fill(0);
      a[17] = x;
      b.fill(0);
      b[17] = -3e38;
      expect([x, compareOrder('<', kernel, bound)(), compareOrder('>', kernel, bound)()]).toEqual([x, below, above]);
    }
  });

  test('what is short, broadcast or has no instruction is left to the plain loops', () => {
    const [view] = views(128) as [View];
    const leaf = (shape: readonly number[]): Elements => ({ kind: 'leaf', shape, view: () => view });
    const two: Scalar = { kind: 'scalar', get: () => 2 };
    const none = [
      leaf([8]),
      combine('^', leaf([128]), two),
      combine('%', leaf([128]), two),
      combine('+', leaf([128]), leaf([1])),
      { kind: 'unary', shape: [128], operation: 'exp', operand: leaf([128]) },
    ] as readonly Elements[];
    expect(none.map((each) => reduceKernel('sum', each, memory))).toEqual(none.map(() => null));
  });
});
