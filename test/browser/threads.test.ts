// Threads in a page: workers of a worker, started from their text.
import { expect, test } from 'vitest';
import type { ThreadedTraining } from '../support/threaded-worker.ts';

test('an isolated page trains on two threads, with the bits of one', { timeout: 60_000 }, async () => {
  const worker = new Worker(new URL('../support/threaded-worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise<ThreadedTraining>((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.terminate();
  expect(answer.isolated).toBe(true);
  expect(answer.runs).toBe(20);
  expect(answer.two).toEqual(answer.one);
});
