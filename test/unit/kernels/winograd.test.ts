// Winograd's form against the float64 reference: it may round otherwise than the direct form, but not much worse, and shares all
// else with it: epilogues, guards, results that do not depend on how the work is split or which tile is used.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitsWinograd } from '../../../src/kernels/emit/winograd-plan.ts';
import { createKernelLibrary } from '../../../src/kernels/library.ts';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type { Conv2dSpec, Epilogue } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';

const library = createKernelLibrary({ fma: false });

type Direction = Conv2dSpec['direction'];

interface Shape {
  readonly batch: number;
  readonly channels: readonly [number, number];
  readonly size: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
}

function specOf({ batch, channels, size, padding }: Shape, direction: Direction, epilogue: Epilogue | null = null) {
  const outSize = [size[0] + padding[0] + padding[2] - 2, size[1] + padding[1] + padding[3] - 2] as const;
  return {
    op: 'conv2d',
    direction,
    geometry: {
      batch,
      inChannels: channels[0],
      inSize: size,
      outChannels: channels[1],
      outSize,
      kernel: [3, 3],
      stride: [1, 1],
      padding,
      dilation: [1, 1],
      groups: 1,
    },
    epilogue,
    algorithm: 'winograd',
  } as const satisfies Conv2dSpec;
}

function buffersOf({ geometry: g, direction }: Conv2dSpec) {
  let state = g.inChannels * 31 + g.outChannels * 17 + g.inSize[1] * 7;
  const filled = (count: number) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 31 - 1;
    });
  const x = filled(g.batch * g.inChannels * g.inSize[0] * g.inSize[1]);
  const w = filled(g.outChannels * g.inChannels * 9);
  const y = filled(g.batch * g.outChannels * g.outSize[0] * g.outSize[1]);
  return {
    forward: { inputs: [x, w], output: y },
    input_grad: { inputs: [y, w], output: x },
    weight_grad: { inputs: [x, y], output: w },
  }[direction];
}

/** Terms of a sum, each at most 1; Winograd's sums and differences of tiles grow them by less than 8. */
function tolerance({ geometry: g, direction }: Conv2dSpec): number {
  const terms = {
    forward: 9 * g.inChannels,
    input_grad: 9 * g.outChannels,
    weight_grad: g.batch * g.outSize[0] * g.outSize[1],
  };
  return 8 * Math.sqrt(terms[direction]) * 2 ** -22;
}

function check(shape: Shape, direction: Direction): void {
  const spec = specOf(shape, direction);
  expect(fitsWinograd(spec)).toBe(true);
  const { inputs, output } = buffersOf(spec);
  const expected = new Float64Array(output.length);
  runReference(spec, inputs, [expected]);
  const whole = runKernel(library, spec, inputs, [output]);
  const label = `${direction} ${JSON.stringify(shape)}`;
  expect(whole.damaged, label).toBe(0);
  const got = whole.outputs[0] as Float32Array;
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (got[i] as number))), 0);
  expect(worst, label).toBeLessThan(tolerance(spec));
  const extent = library.extent(spec);
  const parts = runKernel(library, spec, inputs, [output], { splits: [Math.floor(extent / 3), Math.ceil(extent / 2)] });
  expect(parts.damaged, label).toBe(0);
  expect(parts.outputs[0], label).toEqual(got);
}

const directions: readonly Direction[] = ['forward', 'input_grad', 'weight_grad'];
const same = [1, 1, 1, 1] as const;

describe('winograd', () => {
  test.each(directions)('%s: sizes around the tile and the vector', (direction) => {
    for (const width of [1, 2, 3, 7, 8, 9, 14, 17]) {
      check({ batch: 2, channels: [16, 4], size: [5, width], padding: same }, direction);
    }
    for (const height of [1, 2, 6, 7])
      check({ batch: 1, channels: [16, 8], size: [height, 9], padding: same }, direction);
  });

  test.each(directions)('%s: blocks of rows, blocks of images, remainders of both', (direction) => {
    check({ batch: 1, channels: [64, 64], size: [30, 30], padding: same }, direction);
    check({ batch: 7, channels: [32, 64], size: [8, 8], padding: same }, direction);
    check({ batch: 3, channels: [48, 36], size: [26, 18], padding: same }, direction);
  });

  test.each(directions)('%s: any padding up to two, random shapes', (direction) => {
    const side = fc.integer({ min: 0, max: 2 });
    fc.assert(
      fc.property(
        fc.record({
          batch: fc.integer({ min: 1, max: 5 }),
          channels: fc.tuple(fc.constantFrom(8, 16, 24, 32), fc.constantFrom(4, 12, 20)),
          size: fc.tuple(fc.integer({ min: 3, max: 20 }), fc.integer({ min: 3, max: 20 })),
          padding: fc.tuple(side, side, side, side),
        }),
        (shape) => check(shape, direction),
      ),
      { numRuns: 25, seed: 7 },
    );
  });

  test.each(['forward', 'input_grad'] as const)(
    '%s: bias, operands of the output’s shape, coordinates',
    (direction) => {
      const shape = { batch: 2, channels: [16, 12], size: [7, 11], padding: same } as const;
      const { geometry: g } = specOf(shape, direction);
      const [channels, [height, width]] =
        direction === 'forward' ? [g.outChannels, g.outSize] : [g.inChannels, g.inSize];
      const epilogue: Epilogue = {
        inputs: [
          { dtype: 'float32', offset: 1, strides: [0, 1, 0, 0] },
          { dtype: 'float32', offset: 0, strides: [channels * height * width, height * width, width, 1] },
        ],
        body: [
          { op: 'input', input: 0 },
          { op: 'input', input: 1 },
          { op: 'add', a: 0, b: 1 },
          { op: 'input', input: 2 },
          { op: 'mul', a: 2, b: 3 },
          { op: 'coord', axis: 3 },
          { op: 'coord', axis: 2 },
          { op: 'sub', a: 5, b: 6 },
          { op: 'add', a: 4, b: 7 },
        ],
      };
      const spec = specOf(shape, direction, epilogue);
      const { inputs, output } = buffersOf(spec);
      const operands = [Float32Array.from({ length: channels + 1 }, (_, i) => i / 7), output.map((v) => v / 2)];
      const expected = new Float64Array(output.length);
      runReference(spec, [...inputs, ...operands], [expected]);
      const { outputs, damaged } = runKernel(library, spec, [...inputs, ...operands], [output]);
      expect(damaged).toBe(0);
      const worst = expected.reduce((most, v, i) => Math.max(most, Math.abs(v - (outputs[0]?.[i] as number))), 0);
      expect(worst).toBeLessThan(1e-4);
    },
  );

  test('sixteen channels are enough for two threads, whichever way', () => {
    const shape = { batch: 16, channels: [16, 16], size: [32, 32], padding: same } as const;
    for (const direction of directions) expect(library.extent(specOf(shape, direction)) % 2).toBe(0);
  });

  test('bits do not depend on the tile', () => {
    const shape = { batch: 2, channels: [32, 20], size: [11, 13], padding: same } as const;
    for (const direction of directions) {
      const spec = specOf(shape, direction);
      const { inputs, output } = buffersOf(spec);
      const results = [
        { rows: 4, columns: 8 },
        { rows: 6, columns: 8 },
        { rows: 2, columns: 16 },
      ].map((tile) => runKernel(createKernelLibrary({ fma: false, tile }), spec, inputs, [output]).outputs[0]);
      for (const other of results) expect(other).toEqual(results[0]);
    }
  });
});
