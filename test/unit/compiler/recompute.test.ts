// Recomputation in whole trainings: the same bits in less memory.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphOf } from '../../../bench/engines/ours.mjs';
import { findCase } from '../../../bench/workloads/workloads.mjs';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { bind, example, library, type NodeSketch, planOf, run, graphOf as sketched } from '../../support/graphs.ts';
import { memoryFacts } from '../../support/plan-memory.ts';

/** The same training twice, of which the second computes values again. */
function both(graph: GraphFile, batch: number) {
  const [kept, again] = [false, true].map((recompute) => {
    const plan = planOf(graph, { batch, retain: [], gradients: 'training', recompute });
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
    const copies = plan.instructions.filter(({ label }) => label.endsWith(' again')).length;
    return { persistent: workspace.persistent.slice(), arena: plan.arena, copies };
  });
  expect(Buffer.compare(kept?.persistent as Uint8Array, again?.persistent as Uint8Array)).toBe(0);
  expect(again?.arena.lowerBoundBytes).toBeLessThanOrEqual(kept?.arena.lowerBoundBytes as number);
  return { copies: again?.copies ?? 0, saved: (kept?.arena.scratchBytes ?? 0) - (again?.arena.scratchBytes ?? 0) };
}

test.each(['lenet5', 'resnet', 'char-lstm'])('%s: trains to the same bits', (name) => {
  expect(both(example(name), 4).saved).toBeGreaterThanOrEqual(0);
});

describe('random nets of one size', () => {
  const kinds = ['relu', 'tanh', 'batch_norm', 'conv', 'dropout', 'rows', 'add', 'mul'] as const;
  /** Layer i reads one of the layers before it, sums and products two. */
  const layers = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(3), fc.nat(6)), { minLength: 4, maxLength: 22 });

  function net(drawn: readonly (readonly [(typeof kinds)[number], number, number])[]): GraphFile {
    const nodes: Record<string, NodeSketch> = { x: ['input', {}, { shape: ['N', 4, 8, 8] }] };
    const made = ['x.y'];
    for (const [i, [kind, back, further]] of drawn.entries()) {
      const x = made.at(-1 - Math.min(back, made.length - 1)) as string;
      const other = made.at(-1 - Math.min(further, made.length - 1)) as string;
      const id = `l${i}`;
      if (kind === 'add' || kind === 'mul') nodes[id] = [kind, { a: x, b: other }];
      else if (kind === 'conv')
        nodes[id] = ['conv2d', { x }, { out_channels: 4, kernel_size: [3, 3], padding: [1, 1] }];
      else if (kind === 'rows') {
        nodes[`${id}_in`] = ['reshape', { x }, { shape: [-1, 64] }];
        nodes[`${id}_row`] = ['softmax', { x: `${id}_in.y` }, { dim: 1 }];
        nodes[id] = ['reshape', { x: `${id}_row.y` }, { shape: [-1, 4, 8, 8] }];
      } else nodes[id] = [kind, { x }];
      made.push(`${id}.y`);
    }
    nodes['loss'] = ['mse_loss', { x: made.at(-1) as string }];
    return sketched({ nodes, training: { loss: 'loss.y', optimizer: { kind: 'sgd', lr: 0.01 } } });
  }

  test('train to the same bits in no more memory', { timeout: 120_000 }, () => {
    const all = { copies: 0, saved: 0 };
    const check = (drawn: Parameters<typeof net>[0]) => {
      const { copies, saved } = both(net(drawn), 4);
      all.copies += copies;
      all.saved += saved;
    };
    fc.assert(fc.property(layers, check), { numRuns: 60, seed: 11 });
    expect(all.copies).toBeGreaterThan(20);
    expect(all.saved).toBeGreaterThan(100_000);
  });
});

test('ResNet-20 trains in two fifths of what keeping everything takes, in a third of its own values with recomputation', () => {
  const graph = graphOf({ net: findCase('W3 step').net, kind: 'step' });
  const arena = (options: Parameters<typeof planOf>[1]) => planOf(graph, options).arena;
  const bytes = (options: Parameters<typeof planOf>[1]) => arena(options).scratchBytes;
  const everything = bytes({ retain: 'all', gradients: 'training' });
  const training = { retain: [], gradients: 'training' } as const;
  expect(bytes(training) / everything).toBeLessThan(0.4);
  expect(bytes({ ...training, recompute: true }) / everything).toBeLessThan(0.2);
  const own = planOf(graph, training).values.reduce(
    (sum, each) => sum + (each.region === 'scratch' ? each.bytes : 0),
    0,
  );
  const { scratchBytes, lowerBoundBytes } = arena({ ...training, recompute: true });
  expect(scratchBytes / own).toBeLessThan(0.32);
  expect(scratchBytes / lowerBoundBytes).toBeLessThan(1.05);
  expect(bytes({ ...training, recompute: true, off: ['recompute'] })).toBe(bytes(training));
});
