// Random parameters drawn by generated code have the bits of those drawn one by one.
import { expect, test } from 'vitest';
import { createKernelLibrary } from '../../../src/kernels/library.ts';
import { initialize } from '../../../src/program/initializer.ts';
import { streamKey } from '../../../src/tensor/random.ts';

const memory = new WebAssembly.Memory({ initial: 8 });
const library = createKernelLibrary();

test.each([
  [0, 0, 1],
  [1, -1, 1],
  [3, -0.1, 0.3],
  [4, 1e-20, 3e-20],
  [1001, -1 / Math.sqrt(27), 1 / Math.sqrt(27)],
  [100_000, -123.456, 1e-3],
])('%i numbers from %f to %f', (count, low, high) => {
  const words = new Int32Array(memory.buffer).fill(7);
  library.fillUniform(memory, 64, count, { key: streamKey(-5, 'conv1.weight'), low, high });
  const expected = new Float32Array(count);
  initialize({ kind: 'uniform', low, high }, -5, 'conv1.weight', expected);
  expect(new Float32Array(memory.buffer, 64, count)).toEqual(expected);
  expect([...words.subarray(0, 16), ...words.subarray(16 + count)].every((word) => word === 7)).toBe(true);
});
