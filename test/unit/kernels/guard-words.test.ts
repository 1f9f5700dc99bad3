// Every kernel in changing surroundings: nothing outside its buffers is written, nothing outside them matters, nothing is read
// further than the padding promises, and the results are the reference's.
import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EmittedOp } from '../../../src/kernels/emit/emitters.ts';
import { createKernelLibrary, type KernelFunction, type KernelLibrary } from '../../../src/kernels/library.ts';
import type { ElementwiseSpec } from '../../../src/program/kernel-spec.ts';
import { createGuardedBench } from '../../support/guarded-run.ts';
import { guardedSpecs } from '../../support/guarded-specs.ts';
import { generator } from '../../support/random-specs.ts';

const ops = Object.keys(guardedSpecs) as EmittedOp[];

// Fused multiply-add, which browsers have, is behind a flag in Node 20 that must be set before the first module.
beforeAll(() => setFlagsFromString('--experimental-wasm-relaxed-simd'));

describe.each(ops)('%s', (op) => {
  test.each([
    { numerics: 'fast' as const, fma: true },
    { numerics: 'fast' as const, fma: false },
    { numerics: 'strict' as const, fma: false },
  ])('keeps to its buffers and agrees with the reference, $numerics, fused $fma', ({ numerics, fma }) => {
    const bench = createGuardedBench(createKernelLibrary({ fma }), numerics);
    for (let seed = 0; seed < 40; seed++) {
      const given = guardedSpecs[op](generator(90_001 + 977 * seed));
      expect(bench.judge(given), `seed ${seed}: ${JSON.stringify(given.spec)}`).toBeNull();
    }
  });
});

test('a kernel that reads or writes next to its buffers is found out', () => {
  const access = { dtype: 'float32', offset: 0, strides: [1] } as const;
  const doubled: ElementwiseSpec = {
    op: 'elementwise',
    shape: [10],
    inputs: [access],
    body: [
      { op: 'input', input: 0 },
      { op: 'add', a: 0, b: 0 },
    ],
    outputs: [{ ...access, slot: 0, value: 1 }],
  };
  const given = {
    spec: doubled,
    inputs: [new Float32Array(10).fill(1)],
    outputs: [new Float32Array(10)],
    tolerance: 0,
  };
  const real = createKernelLibrary();
  const faulty = (spec: ElementwiseSpec, shift = 0): KernelLibrary => ({
    ...real,
    bind: (_, memory, numerics) => {
      const [run] = real.bind([spec], memory, numerics) as [KernelFunction];
      return [(x = 0, y = 0, ...rest) => run(x + shift, y, ...rest)];
    },
  });
  expect(createGuardedBench(real, 'fast').judge(given)).toBeNull();
  const longer = { ...doubled, shape: [11] };
  expect(createGuardedBench(faulty(longer), 'fast').judge(given)).toContain('outside its outputs');
  expect(createGuardedBench(faulty(doubled, 4), 'fast').judge(given)).toContain('depends on what lies around');
  expect(createGuardedBench(faulty(doubled, -64), 'fast').judge(given)).toContain('outside the memory');
  expect(createGuardedBench(faulty(doubled, 128), 'fast').judge(given)).toContain('outside the memory');
  const other = {
    ...doubled,
    body: [
      { op: 'input', input: 0 },
      { op: 'neg', a: 0 },
    ],
  } as const;
  expect(createGuardedBench(faulty(other), 'fast').judge(given)).toContain('the reference says 2');
});
