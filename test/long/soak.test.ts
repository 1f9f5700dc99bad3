// 20,000 iterations of LeNet-5 stay as fast and as small as the first: half of its rectifiers are dead, so that moments and
// gradients decay towards denormal numbers, and the rate vanishes on the way.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/tensor/random.ts';
import { createSchedule } from '../../src/training/schedule.ts';
import { bind, example, planOf } from '../support/graphs.ts';

const iterations = 20_000;
const batch = 8;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Faster are a tenth of them: what a busy machine disturbs does not count, what makes all slow does. */
const fastTenth = (times: Float64Array): number => times.slice().sort()[Math.floor(times.length / 10)] as number;

test.each([
  { kind: 'adam', lr: 0.001, weight_decay: 0.01 },
  { kind: 'momentum', lr: 0.01, momentum: 0.9, weight_decay: 0.01 },
])('$kind', (optimizer) => {
  const given = example('lenet5');
  const graph = { ...given, training: { ...given.training, batch, optimizer } };
  const plan = planOf(graph, { retain: [], gradients: 'training' });
  const { workspace, bound } = bind(plan);
  // Half of the units of every hidden layer never see anything positive again.
  const biases = plan.values.filter(({ kind, name }) => kind === 'parameter' && name.endsWith('.bias')).slice(0, -1);
  expect(biases.length).toBeGreaterThanOrEqual(4);
  for (const { name } of biases) bound.read(name).fill(-100, 0, bound.read(name).length / 2);
  const schedule = createSchedule({ kind: 'exponential', gamma: 0.99, interval: 'iteration' }, optimizer.lr, {
    epochs: 1,
    iterationsPerEpoch: iterations,
  });
  const random = createRandom(1, 'soak');
  const feeds = plan.feeds.map((name) => bound.read(name));
  const batches = Array.from({ length: 16 }, () =>
    feeds.map((view) =>
      view instanceof Int32Array ? view.map(() => random.integer(10)) : view.map(() => random.uniform()),
    ),
  );
  const times = new Float64Array(iterations);
  const loss = bound.read(plan.loss as string);
  const iterate = (at: number) => {
    bound.read('iteration')[0] = at;
    bound.read('lr')[0] = schedule.rateAt(at, []);
    feeds.forEach((view, i) => void view.set(batches[at % batches.length]?.[i] as Float32Array));
    const start = performance.now();
    bound.run(0, plan.instructions.length);
    times[at] = performance.now() - start;
  };
  for (let at = 0; at < 1000; at++) iterate(at);
  const [heap, memory] = [heapBytes(), workspace.memory.buffer.byteLength];
  for (let at = 1000; at < iterations; at++) iterate(at);

  expect(schedule.rateAt(iterations - 1, [])).toBe(0);
  expect(Number.isFinite(loss[0])).toBe(true);
  expect(workspace.memory.buffer.byteLength).toBe(memory);
  expect(heapBytes() - heap).toBeLessThan(2 ** 20);
  // No number that has a life of its own is denormal at the end.
  const kept = plan.values.filter(({ region, dtype }) => region === 'persistent' && dtype === 'float32');
  const denormal = kept.filter(({ name }) => bound.read(name).some((x) => x !== 0 && Math.abs(x) < 2 ** -126));
  expect(denormal.map(({ name }) => name)).toEqual([]);
  const thousands = Array.from({ length: 20 }, (_, i) => fastTenth(times.subarray(1000 * i, 1000 * (i + 1))));
  process.stdout.write(`${optimizer.kind}: ${thousands.map((ms) => ms.toFixed(2)).join(' ')} ms\n`);
  // Both ends in one run; denormal numbers would make every iteration many times as long, neighbours only most.
  const first = Math.min(...thousands.slice(1, 4));
  expect(Math.min(...thousands.slice(-3)) / first).toBeLessThan(1.5);
});
