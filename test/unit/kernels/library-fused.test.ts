// Fused multiply-add needs relaxed SIMD, which Node 20 has behind a flag that must be set before the first module.
import { setFlagsFromString } from 'node:v8';
import { beforeAll, expect, test } from 'vitest';
import { detectFeatures } from '../../../src/kernels/features.ts';
import { createKernelLibrary } from '../../../src/kernels/library.ts';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type { KernelSpec } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';

beforeAll(() => {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
});

const filled = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => (((i + seed) * 7919) % 1009) / 1009 - 0.5);

const operand = (row: number, column: number) => ({ offset: 0, batch: [], row, column });
const geometry = {
  batch: 2,
  inChannels: 4,
  inSize: [9, 14],
  outChannels: 11,
  outSize: [5, 14],
  kernel: [3, 3],
  stride: [2, 1],
  padding: [1, 1, 1, 1],
  dilation: [1, 1],
  groups: 1,
} as const;
const [x, w, y] = [2 * 4 * 9 * 14, 11 * 4 * 9, 2 * 11 * 5 * 14];
const gemm = (m: number, n: number, k: number, transposed: boolean): [KernelSpec, number[], number] => [
  { op: 'gemm', batch: [], m, n, k, a: operand(k, 1), b: transposed ? operand(1, k) : operand(n, 1), epilogue: null },
  [m * k, k * n],
  m * n,
];
const conv = (
  direction: 'forward' | 'input_grad' | 'weight_grad',
  inputs: number[],
  output: number,
): [KernelSpec, number[], number] => [{ op: 'conv2d', direction, geometry, epilogue: null }, inputs, output];

test.each([
  gemm(29, 27, 800, false),
  gemm(7, 12, 50, true),
  gemm(1, 61, 33, false),
  conv('forward', [x, w], y),
  conv('input_grad', [y, w], x),
  conv('weight_grad', [x, y], w),
])('fused sums are as true as unfused ones, and the same for every tile: %j', (spec, sizes, count) => {
  expect(detectFeatures().relaxedSimd).toBe(true);
  const inputs = sizes.map(filled);
  const expected = new Float64Array(count);
  runReference(spec, inputs, [expected]);
  const tiles = [undefined, { rows: 4, columns: 8 }, { rows: 3, columns: 12 }, { rows: 2, columns: 16 }];
  const results = tiles.map((tile) => {
    const { outputs, damaged } = runKernel(createKernelLibrary({ fma: true, ...(tile && { tile }) }), spec, inputs, [
      new Float32Array(count),
    ]);
    expect(damaged).toBe(0);
    return outputs[0] as Float32Array;
  });
  for (const other of results) expect(other).toEqual(results[0]);
  const strict = runKernel(createKernelLibrary({ fma: true }), spec, inputs, [new Float32Array(count)], {
    numerics: 'strict',
  });
  const unfused = runKernel(createKernelLibrary({ fma: false }), spec, inputs, [new Float32Array(count)]);
  expect(strict.outputs).toEqual(unfused.outputs);
  expect(results[0]).not.toEqual(unfused.outputs[0]);
  expected.forEach((value, i) => {
    expect(Math.abs((results[0] as Float32Array)[i]! - value)).toBeLessThan(2e-5);
  });
});
