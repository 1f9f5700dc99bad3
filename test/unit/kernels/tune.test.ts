// The tile that is measured fastest is taken, and no tile changes a bit.
import { expect, test } from 'vitest';
import { createKernelLibrary, type KernelFunction } from '../../../src/kernels/library.ts';
import { candidateTiles, defaultTile, isCandidate, tuneTile } from '../../../src/kernels/tune.ts';
import type { KernelSpec } from '../../../src/program/kernel-spec.ts';
import { uniformAt } from '../../../src/tensor/random.ts';

/** A clock by which the runs of candidate `fast` take half as long as the others; asked before and after each of four runs. */
function clockFor(fast: number): () => number {
  let asked = 0;
  let time = 0;
  return () => {
    const candidate = Math.floor(asked / 2) % candidateTiles.length;
    if (asked++ % 2 === 1) time += candidate === fast ? 1 : 2;
    return time;
  };
}

const pause = () => Promise.resolve();

test.each([0, 1, 2, 3])('candidate %i is taken when it is fastest', async (fast) => {
  expect(await tuneTile({ fma: false, now: clockFor(fast), pause })).toEqual(candidateTiles[fast]);
});

test('where all are alike the usual one stays', async () => {
  expect(await tuneTile({ fma: false, now: () => 0, pause })).toEqual(defaultTile(false));
});

test('by the real clock one of the candidates is found', async () => {
  const tile = await tuneTile({ fma: false, now: () => performance.now(), pause });
  expect(isCandidate(tile)).toBe(true);
  expect([{ rows: 5, columns: 8 }, null, 'tile', {}].some(isCandidate)).toBe(false);
});

test('every tile gives the same bits', () => {
  const geometry = {
    batch: 2,
    inChannels: 16,
    inSize: [11, 13],
    outChannels: 20,
    outSize: [11, 13],
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1, 1, 1],
    dilation: [1, 1],
    groups: 1,
  } as const;
  const operand = (row: number) => ({ offset: 0, batch: [], row, column: 1 });
  const specs: KernelSpec[] = [
    { op: 'gemm', batch: [], m: 37, n: 53, k: 91, a: operand(91), b: operand(53), epilogue: null },
    { op: 'conv2d', direction: 'forward', geometry, epilogue: null },
    { op: 'conv2d', direction: 'forward', geometry, epilogue: null, algorithm: 'winograd' },
    { op: 'conv2d', direction: 'weight_grad', geometry, epilogue: null },
  ];
  const memory = new WebAssembly.Memory({ initial: 64 });
  const results = candidateTiles.map((tile) => {
    const library = createKernelLibrary({ fma: false });
    library.setTile(tile);
    return specs.map((spec, i) => {
      const numbers = new Float32Array(memory.buffer);
      for (let at = 0; at < 60_000; at++) numbers[at] = uniformAt(i, at) - 0.5;
      const [run] = library.bind([spec], memory, 'fast') as [KernelFunction];
      run(0, 80_000, 240_000, 1_000_000, 0, library.extent(spec));
      return [...new Int32Array(memory.buffer, 240_000, 1500)];
    });
  });
  for (const other of results.slice(1)) expect(other).toEqual(results[0]);
  expect(new Set(results[0]?.[0]).size).toBeGreaterThan(1000);
});
