import { describe, expect, it } from 'vitest';
import type { BernoulliSpec } from '../../../src/program/kernel-spec.ts';
import { mix32, uniformAt } from '../../../src/tensor/random.ts';
import { runKernel } from '../../support/kernel-bench.ts';
import { compare, generator, library } from '../../support/random-specs.ts';

describe('generated bernoulli', () => {
  it('draws the numbers of the hash, bit for bit', () => {
    const next = generator(3);
    for (const count of [0, 1, 3, 4, 1000, 1024, 1025, 5003]) {
      for (const keep of [0, 1e-9, 0.25, 0.5, 1 / 3, 0.9, 1]) {
        const stream = Math.floor(next() * 2 ** 32) | 0;
        const counter = Math.floor(next() * 2 ** 32) | 0;
        const spec: BernoulliSpec = { op: 'bernoulli', count, keep, stream };
        const good = { error: 0, damaged: 0, splitsAgree: true };
        expect(compare(spec, [Int32Array.of(counter)], [count], next), `${count} ${keep}`).toEqual(good);
      }
    }
  });

  it('decides as the definition does, at thresholds that are drawn numbers', () => {
    const key = mix32(99 ^ 5);
    const draws = Array.from({ length: 400 }, (_, i) => uniformAt(key, i));
    for (const at of [0, 17, 399]) {
      const spec: BernoulliSpec = { op: 'bernoulli', count: 400, keep: draws[at] as number, stream: 99 };
      const [mask] = runKernel(library, spec, [Int32Array.of(5)], [new Float32Array(400)]).outputs;
      expect([...(mask as Float32Array)]).toEqual(draws.map((u) => (u < spec.keep ? 1 : 0)));
    }
  });
});
