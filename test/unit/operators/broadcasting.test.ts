// Laws of broadcasting, on random shapes: a gradient has its operand's shape, and is what the same operator gives when the
// operand is written out in full, added up over the copies.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operators } from '../../../src/operators/registry.generated.ts';
import { broadcastShapes, broadcastStrides, numel, rowMajorStrides, type Shape } from '../../../src/tensor/shape.ts';
import { type Numbers, runOperator } from '../../support/operator-harness.ts';
import { distinctNumbers } from '../../support/operator-samples.ts';

const binary = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'pow'] as const;

/** A shape and two operands that broadcast to it: some leading dimensions missing, some sizes 1. */
const broadcastable = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('both', 'a', 'b')), { maxLength: 4 })
  .chain((dimensions) =>
    fc.record({
      a: fc.constant(dimensions.map(([size, own]) => (own === 'b' ? 1 : size))),
      b: fc.constant(dimensions.map(([size, own]) => (own === 'a' ? 1 : size))),
      dropA: fc.nat({ max: dimensions.length }),
      dropB: fc.nat({ max: dimensions.length }),
    }),
  )
  .map(({ a, b, dropA, dropB }) => ({ a: a.slice(dropA), b: b.slice(dropB) }))
  .filter(({ a, b }) => broadcastShapes(a, b) !== null);

/** For every element of `full`, the element of `shape` it repeats. */
function repeats(shape: Shape, full: Shape): number[] {
  const own = rowMajorStrides(full);
  const strides = broadcastStrides(shape, full);
  return Array.from({ length: numel(full) }, (_, i) =>
    strides.reduce((sum, stride, axis) => sum + (Math.floor(i / own[axis]!) % full[axis]!) * stride, 0),
  );
}

function positive(shape: Shape, name: string): Numbers {
  return { dtype: 'float32', shape, data: distinctNumbers(numel(shape), 0.5, 2, name) };
}

test.each(binary)('%s: broadcasting is repeating, and its gradient adds the repeats up', (id) => {
  fc.assert(
    fc.property(broadcastable, ({ a, b }) => {
      const full = broadcastShapes(a, b) as Shape;
      const inputs = { a: positive(a, 'a'), b: positive(b, 'b') };
      const written = Object.fromEntries(
        Object.entries(inputs).map(([port, { shape, data }]) => [
          port,
          { dtype: 'float32' as const, shape: full, data: repeats(shape, full).map((i) => data[i] as number) },
        ]),
      );
      const cotangents = { y: distinctNumbers(numel(full), -1, 2, 'dy') };
      const short = runOperator(operators[id], { inputs, cotangents });
      const long = runOperator(operators[id], { inputs: written, cotangents });
      expect(short.outputs).toEqual(long.outputs);
      for (const [port, { shape }] of Object.entries(inputs)) {
        const sums = new Float64Array(numel(shape));
        for (const [i, at] of repeats(shape, full).entries()) sums[at]! += long.gradients[port]?.data[i] as number;
        expect(short.gradients[port]?.shape).toEqual(shape);
        for (const [i, sum] of sums.entries()) expect(short.gradients[port]?.data[i]).toBeCloseTo(sum, 10);
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('matmul: a batch is its matrices one by one, whatever broadcasts', () => {
  const size = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(broadcastable, size, size, size, ({ a, b }, m, k, n) => {
      const inputs = { a: positive([...a, m, k], 'a'), b: positive([...b, k, n], 'b') };
      const batch = broadcastShapes(a, b) as Shape;
      const cotangents = { y: distinctNumbers(numel(batch) * m * n, -1, 2, 'dy') };
      const { outputs, gradients } = runOperator(operators.matmul, { inputs, cotangents });
      const [fromA, fromB] = [repeats(a, batch), repeats(b, batch)];
      const da = new Float64Array(inputs.a.data.length);
      const db = new Float64Array(inputs.b.data.length);
      for (let item = 0; item < numel(batch); item++) {
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            const at = (item * m + i) * n + j;
            let sum = 0;
            for (let q = 0; q < k; q++) {
              const [l, r] = [(fromA[item]! * m + i) * k + q, (fromB[item]! * k + q) * n + j];
              sum += inputs.a.data[l]! * inputs.b.data[r]!;
              da[l]! += cotangents.y[at]! * inputs.b.data[r]!;
              db[r]! += cotangents.y[at]! * inputs.a.data[l]!;
            }
            expect(outputs['y']?.data[at]).toBeCloseTo(sum, 10);
          }
        }
      }
      for (const [port, truth] of [
        ['a', da],
        ['b', db],
      ] as const) {
        expect(gradients[port]?.shape).toEqual(inputs[port].shape);
        for (const [i, sum] of truth.entries()) expect(gradients[port]?.data[i]).toBeCloseTo(sum, 10);
      }
    }),
    { seed: 2, numRuns: 60 },
  );
});
