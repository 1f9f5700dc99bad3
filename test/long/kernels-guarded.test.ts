// The kernels in changing surroundings, on many more set-ups than every test run has time for.
import { describe, expect, test } from 'vitest';
import type { EmittedOp } from '../../src/kernels/emit/emitters.ts';
import { createKernelLibrary } from '../../src/kernels/library.ts';
import { createGuardedBench } from '../support/guarded-run.ts';
import { guardedSpecs } from '../support/guarded-specs.ts';
import { generator } from '../support/random-specs.ts';

describe.each(Object.keys(guardedSpecs) as EmittedOp[])('%s', (op) => {
  test('keeps to its buffers and agrees with the reference', { timeout: 300_000 }, () => {
    const bench = createGuardedBench(createKernelLibrary(), 'fast');
    for (let seed = 0; seed < 1500; seed++) {
      const given = guardedSpecs[op](generator(7 + 7919 * seed));
      expect(bench.judge(given), `seed ${seed}: ${JSON.stringify(given.spec)}`).toBeNull();
    }
  });
});
