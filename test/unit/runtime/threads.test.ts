// Plans on several threads: the same bits as on one, and one thread where there are no others.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createKernelLibrary } from '../../../src/kernels/library.ts';
import type { Plan } from '../../../src/program/plan.ts';
import { createThreads, type Threads } from '../../../src/runtime/threads.ts';
import { type BoundPlan, createWorkspace } from '../../../src/runtime/workspace.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { example, planOf } from '../../support/graphs.ts';

const library = createKernelLibrary({ shared: true });

let started: Threads | null = null;
afterEach(() => {
  started?.end();
  vi.unstubAllGlobals();
});

function threadsOf(count: number): Threads {
  started = createThreads({ count, adaptive: false });
  if (!started) throw new Error('no threads');
  return started;
}

/** The bytes of all persistent values after some iterations on random examples; `look` sees the last one as it was left. */
async function trained(
  plan: Plan,
  threads: Threads | null,
  iterations: number,
  look: (bound: BoundPlan) => void = () => undefined,
): Promise<Uint8Array> {
  const workspace = createWorkspace([plan], { library, shared: true, threads });
  workspace.initialize(plan.seed);
  await threads?.whenReady();
  const bound = workspace.plans[0] as BoundPlan;
  for (let iteration = 0; iteration < iterations; iteration++) {
    bound.read('iteration')[0] = iteration;
    bound.read('lr')[0] = 0.01;
    for (const feed of plan.feeds) {
      const [view, random] = [bound.read(feed), createRandom(iteration, feed)];
      for (let i = 0; i < view.length; i++) view[i] = view instanceof Int32Array ? random.integer(2) : random.uniform();
    }
    bound.run(0, plan.instructions.length);
  }
  look(bound);
  return workspace.persistent.slice();
}

describe.each(['lenet5', 'resnet', 'char-lstm'])('%s', (name) => {
  test.each(['fast', 'strict'] as const)('%s: one, two and three threads give the same bits', async (numerics) => {
    const plan = planOf(example(name), { retain: [], gradients: 'training', numerics });
    const one = await trained(plan, null, 4);
    expect(one.some((byte) => byte !== 0)).toBe(true);
    for (const count of [2, 3]) {
      const threads = threadsOf(count);
      expect(Buffer.compare(await trained(plan, threads, 4), one)).toBe(0);
      expect(threads.runs).toBe(4);
      threads.end();
    }
  });
});

test('what is stored besides, for conditions, is the same on one, two and three threads, and changes nothing else', async () => {
  const asked = ['conv1.y', 'conv2.y', 'fc1.y', 'grad(conv2.y)', 'before(fc1.weight)', 'before(conv1.bias)'];
  const options = { gradients: 'all', numerics: 'strict' } as const;
  const plan = planOf(example('lenet5'), { ...options, retain: asked });
  const besides = plan.kernels.filter((spec) => 'epilogue' in spec && spec.epilogue?.also !== undefined);
  expect(besides.length).toBeGreaterThanOrEqual(3);
  const seen = async (threads: Threads | null) => {
    const numbers: Record<string, string> = {};
    const persistent = await trained(plan, threads, 3, (bound) => {
      for (const name of asked) numbers[name] = Buffer.from(bound.read(name).slice().buffer).toString('base64');
    });
    return { numbers, persistent: Buffer.from(persistent) };
  };
  const one = await seen(null);
  const kept = planOf(example('lenet5'), { ...options, retain: 'all' });
  await trained(kept, null, 3, (bound) => {
    for (const name of asked.filter((each) => !each.startsWith('before')))
      expect(Buffer.from(bound.read(name).slice().buffer).toString('base64'), name).toBe(one.numbers[name]);
  });
  expect(
    Buffer.compare(one.persistent, await trained(planOf(example('lenet5'), { ...options, retain: [] }), null, 3)),
  ).toBe(0);
  for (const count of [2, 3]) {
    const threads = threadsOf(count);
    expect(await seen(threads)).toEqual(one);
    expect(threads.runs).toBe(3);
    threads.end();
  }
});

test('steps of the debugger, one after the other, give the same bits too', async () => {
  const plan = planOf(example('lenet5'), { retain: 'all', gradients: 'all' });
  const values = async (threads: Threads | null) => {
    const workspace = createWorkspace([plan], { library, shared: true, threads });
    workspace.initialize(plan.seed);
    await threads?.whenReady();
    const bound = workspace.plans[0] as BoundPlan;
    for (const { from, to } of plan.steps) bound.run(from, to);
    return plan.values.map((_, index) => [...new Int32Array(bound.view(index).slice().buffer)]);
  };
  const threads = threadsOf(2);
  expect(await values(threads)).toEqual(await values(null));
  expect(threads.runs).toBeGreaterThan(2);
});

test('plans of two workspaces take turns; what the threads do not know runs on one', async () => {
  const plan = planOf(example('lenet5'), { retain: [], gradients: 'training' });
  const threads = threadsOf(2);
  const [first, second] = [0, 1].map(
    () => createWorkspace([plan], { library, shared: true, threads }).plans[0] as BoundPlan,
  ) as [BoundPlan, BoundPlan];
  await threads.whenReady();
  const all = plan.instructions.length;
  first.run(0, all);
  expect(threads.runs).toBe(0);
  second.run(0, all);
  expect(threads.runs).toBe(1);
  for (let i = 0; i < 64; i++) first.run(0, all);
  await threads.whenReady();
  // The last of these may have found them ready already.
  const { runs } = threads;
  first.run(0, all);
  expect(threads.runs).toBe(runs + 1);
});

test('without shared memory there are no threads', () => {
  vi.stubGlobal('SharedArrayBuffer', undefined);
  expect(createThreads({ count: 2 })).toBeNull();
});
