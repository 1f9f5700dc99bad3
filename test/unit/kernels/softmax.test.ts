import { describe, expect, it } from 'vitest';
import type { SoftmaxSpec } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';
import { compare, generator, library, pick } from '../../support/random-specs.ts';

describe('generated softmax', () => {
  it.each([false, true])('equals the reference along and across, log %s', (log) => {
    for (let round = 0; round < 150; round++) {
      const next = generator(60_000 + round);
      const outer = pick(next, [0, 1, 1, 2, 7]);
      const size = pick(next, [1, 2, 3, 4, 5, 10, 17, 64, 300]);
      const inner = pick(next, [1, 1, 1, 2, 4, 7, 16, 19, 33]);
      const spec: SoftmaxSpec = { op: 'softmax', outer, size, inner, log };
      const count = outer * size * inner;
      const x = Float32Array.from({ length: count }, () => 40 * next() - 20);
      const { error, damaged, splitsAgree } = compare(spec, [x], [count], next);
      expect({ damaged, splitsAgree }, JSON.stringify(spec)).toEqual({ damaged: 0, splitsAgree: true });
      expect(error, JSON.stringify(spec)).toBeLessThan(1e-6);
    }
  });

  it('sums to one however long the slice', () => {
    const size = 200_003;
    const spec: SoftmaxSpec = { op: 'softmax', outer: 1, size, inner: 1, log: false };
    const y = runKernel(library, spec, [new Float32Array(size).fill(0.1)], [new Float32Array(size)]).outputs[0];
    expect(Math.abs([...(y as Float32Array)].reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-6);
    expect((y?.[7] as number) * size).toBeCloseTo(1, 6);
  });

  it('has no overflow, and shows NaN in the slice that holds it only', () => {
    const spec: SoftmaxSpec = { op: 'softmax', outer: 4, size: 5, inner: 1, log: false };
    const x = Float32Array.of(
      ...[1e4, 1e4, -1e4, -1e4, -1e4],
      ...[0, 1, Number.NaN, 2, 3],
      ...[0, 1, Infinity, 2, 3],
      ...[-Infinity, 1, -Infinity, 1, -Infinity],
    );
    for (const inner of [1, 5]) {
      const shape = inner === 1 ? spec : { ...spec, outer: 1, size: 4, inner: 5 };
      const { error } = compare(shape, [x], [20], generator(1));
      expect(error).toBeLessThan(1e-7);
    }
  });
});
