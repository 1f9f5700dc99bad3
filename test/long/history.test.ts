// A thousand iterations of LeNet-5 with their history: within its memory, any place soon reached, and the bits of running there.
import { expect, test } from 'vitest';
import type { GraphFile } from '../../src/graph/schema.ts';
import { bench, open } from '../support/engines.ts';
import { example } from '../support/graphs.ts';
import { processorMs } from '../support/processor-time.ts';

const graph = { ...example('lenet5'), training: { ...example('lenet5').training, epochs: 1000 } } as GraphFile;

test('1,000 iterations of LeNet-5 within 256 MiB; any place within a second, to the bit', {
  timeout: 900_000,
}, async () => {
  const { engine, until, numbers } = bench();
  const { steps } = await open(engine, graph);
  const update = steps.findIndex(({ phase }) => phase === 'update');
  const names = ['conv1.weight', 'fc3.y', 'grad(conv2.weight)', 'slot(fc1.weight, momentum)'];
  const read = async () => {
    const values = await Promise.all(names.map(numbers));
    return values.map((each) => [...new Int32Array(new Float32Array(each).buffer)]);
  };
  /** What stood where training was paused. */
  const seen = new Map<number, number[][]>();
  for (const stop of [120, 333, 501, 760, 1000]) {
    await engine.train('start');
    await until(({ iteration }) => iteration >= stop);
    const { iteration } = await engine.train('pause');
    seen.set(iteration, await read());
  }
  const { branches, bytes, limitBytes, worst } = await engine.timeline();
  expect(branches[0]?.length).toBeGreaterThanOrEqual(1000);
  expect(bytes).toBeLessThanOrEqual(limitBytes);
  expect(limitBytes).toBe(256 * 2 ** 20);
  expect(worst.iterations).toBeLessThan(64);
  const times: number[] = [];
  const seek = async (iteration: number, step: number) => {
    const start = processorMs();
    const state = await engine.seek({ iteration, step });
    times.push(processorMs() - start);
    expect([state.iteration, state.cursor]).toEqual([iteration, step]);
  };
  for (let i = 0; i < 40; i++) await seek((i * 619 + 7) % 1000, (i * 31) % steps.length);
  for (const [iteration, values] of seen) {
    await seek(iteration, update);
    expect(await read()).toEqual(values);
  }
  expect(Math.max(...times)).toBeLessThan(1000);
});
