import { describe, expect, it } from 'vitest';
import type { GreedySelectSpec } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';
import { compare, generator, library } from '../../support/random-specs.ts';

describe('generated greedy selection', () => {
  it('agrees with the plain loops on any size and density', () => {
    const next = generator(5);
    for (const count of [0, 1, 2, 3, 4, 5, 8, 9, 31, 64, 70]) {
      for (const batch of [1, 3]) {
        for (const density of [0, 0.05, 0.5, 1]) {
          const spec: GreedySelectSpec = { op: 'greedy_select', batch, count };
          const conflicts = Float32Array.from({ length: batch * count * count }, () => (next() < density ? 1 : 0));
          const good = { error: 0, damaged: 0, splitsAgree: true };
          expect(compare(spec, [conflicts], [batch * count], next), `${batch}×${count} ${density}`).toEqual(good);
        }
      }
    }
  });

  it('strikes out what an earlier pick conflicts with, and only that', () => {
    const spec: GreedySelectSpec = { op: 'greedy_select', batch: 1, count: 4 };
    // 0 strikes 1; 1 would strike 2 but is struck; 3 conflicts with 2, which comes first.
    const conflicts = Float32Array.of(0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0);
    const [picked] = runKernel(library, spec, [conflicts], [new Float32Array(4)]).outputs;
    expect([...(picked as Float32Array)]).toEqual([1, 0, 1, 0]);
  });
});
