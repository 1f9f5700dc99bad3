// Recomputation in whole trainings: the same bits in less memory.
import { expect, test } from 'vitest';
import { graphOf } from '../../../bench/engines/ours.mjs';
import { findCase } from '../../../bench/workloads/workloads.mjs';
import { createRandom } from '../../../src/tensor/random.ts';
import { bind, example, library, planOf, run } from '../../support/graphs.ts';
import { memoryFacts } from '../../support/plan-memory.ts';

test.each(['lenet5', 'resnet'])('%s: trains to the same bits', (name) => {
  const [kept, again] = [false, true].map((recompute) => {
    const plan = planOf(example(name), { batch: 4, retain: [], gradients: 'training', recompute });
    const facts = memoryFacts(plan, plan.kernels.map(library.workspaceBytes));
    expect([...facts.clashes, ...facts.outside]).toEqual([]);
    const { workspace, bound } = bind(plan);
    for (let iteration = 0; iteration < 3; iteration++) {
      bound.read('iteration')[0] = iteration;
      bound.read('lr')[0] = 0.01;
      for (const feed of plan.feeds) {
        const [view, random] = [bound.read(feed), createRandom(iteration, feed)];
        for (let i = 0; i < view.length; i++)
          view[i] = view instanceof Int32Array ? random.integer(2) : random.uniform();
      }
      run(bound);
    }
    return { persistent: workspace.persistent.slice(), arena: plan.arena };
  });
  expect(Buffer.compare(kept?.persistent as Uint8Array, again?.persistent as Uint8Array)).toBe(0);
  expect(again?.arena.scratchBytes).toBeLessThanOrEqual(kept?.arena.scratchBytes as number);
});

test('ResNet-20 trains in two fifths of what keeping everything takes, and in a quarter with recomputation', () => {
  const graph = graphOf({ net: findCase('W3 step').net, kind: 'step' });
  const bytes = (options: Parameters<typeof planOf>[1]) => planOf(graph, options).arena.scratchBytes;
  const everything = bytes({ retain: 'all', gradients: 'training' });
  const training = { retain: [], gradients: 'training' } as const;
  expect(bytes(training) / everything).toBeLessThan(0.4);
  expect(bytes({ ...training, recompute: true }) / everything).toBeLessThan(0.25);
  expect(bytes({ ...training, recompute: true, off: ['recompute'] })).toBe(bytes(training));
});
