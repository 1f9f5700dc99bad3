// The arena: no two buffers that are needed at the same time share a byte, and little is wasted. Lifetimes are worked out
// anew from the plan (test/support/plan-memory.ts).
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompileOptions } from '../../../src/compiler/compile.ts';
import type { Plan } from '../../../src/program/plan.ts';
import { bind, example, graphOf, library, planOf, run } from '../../support/graphs.ts';
import { memoryFacts, regionClashes } from '../../support/plan-memory.ts';
import { randomGraph } from '../../support/random-graph.ts';

const examples = readdirSync(new URL('../../../examples', import.meta.url))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

const variants: Readonly<Record<string, Partial<CompileOptions>>> = {
  debugger: { retain: 'all', gradients: 'all' },
  training: { retain: [], gradients: 'training' },
  evaluation: { mode: 'eval', retain: [], gradients: 'none' },
};

function factsOf(plan: Plan) {
  return memoryFacts(plan, plan.kernels.map(library.workspaceBytes));
}

function ratioOf({ arena }: Plan): number {
  return arena.lowerBoundBytes === 0 ? 1 : arena.scratchBytes / arena.lowerBoundBytes;
}

describe.each(examples)('%s', (name) => {
  test.each(Object.keys(variants))('%s plan: nothing overlaps, at most 15 % above the lower bound', (variant) => {
    const plan = planOf(example(name), variants[variant] as Partial<CompileOptions>);
    const { clashes, outside, liveBytes } = factsOf(plan);
    expect([...clashes, ...outside, ...regionClashes(plan)]).toEqual([]);
    const { scratchBytes, lowerBoundBytes, sumBytes } = plan.arena;
    expect(lowerBoundBytes).toBeGreaterThanOrEqual(liveBytes);
    expect(scratchBytes).toBeGreaterThanOrEqual(lowerBoundBytes);
    expect(sumBytes).toBeGreaterThanOrEqual(scratchBytes);
    expect(ratioOf(plan)).toBeLessThanOrEqual(1.15);
  });
});

test('re-use of the training plans is worth it', () => {
  const rows = examples.map((name) => {
    const { arena } = planOf(example(name), variants['training'] as Partial<CompileOptions>);
    return `${name} ${arena.scratchBytes} of ${arena.sumBytes}, ${(arena.scratchBytes / arena.lowerBoundBytes).toFixed(3)}× the bound`;
  });
  process.stdout.write(`arenas: ${rows.join('; ')}\n`);
  const { scratchBytes, sumBytes } = planOf(example('resnet'), variants['training'] as Partial<CompileOptions>).arena;
  expect(scratchBytes).toBeLessThan(0.7 * sumBytes);
});

test('random graphs: nothing overlaps', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(randomGraph(14), fc.nat(2), ({ graph }, variant) => {
      const plan = planOf(graph, Object.values(variants)[variant] as Partial<CompileOptions>);
      const { clashes, outside, liveBytes } = factsOf(plan);
      expect([...clashes, ...outside, ...regionClashes(plan)]).toEqual([]);
      expect(plan.arena.lowerBoundBytes).toBeGreaterThanOrEqual(liveBytes);
      expect(ratioOf(plan)).toBeGreaterThanOrEqual(1);
      expect(ratioOf(plan)).toBeLessThanOrEqual(1.4);
    }),
    { numRuns: 100, seed: 5 },
  );
});

test('the proof notices a clash', () => {
  const plan = planOf(example('lenet5'), variants['training'] as Partial<CompileOptions>);
  const values = plan.values.map((value) => (value.region === 'scratch' ? { ...value, offset: 0 } : value));
  const broken: Plan = { ...plan, values };
  expect(factsOf(broken).clashes.length).toBeGreaterThan(10);
});

test('workspaces do not touch what is alive', () => {
  const graph = graphOf({
    nodes: {
      image: ['input', {}, { shape: ['N', 3, 16, 16] }],
      conv: ['conv2d', { x: 'image.y' }, { out_channels: 8, kernel_size: 3, padding: 1 }],
      again: ['conv2d', { x: 'conv.y' }, { out_channels: 8, kernel_size: 3, padding: 1 }],
      loss: ['mse_loss', { x: 'again.y' }],
    },
    training: { loss: 'loss.y', batch: 2 },
  });
  const plan = planOf(graph, { retain: ['conv.y', 'image.y'], gradients: 'training' });
  expect(plan.instructions.filter(({ workspace }) => workspace >= 0).length).toBeGreaterThan(0);
  expect(factsOf(plan).clashes).toEqual([]);
  const image = Array.from({ length: 2 * 3 * 16 * 16 }, (_, i) => Math.sin(i));
  const { bound } = bind(plan, { 'image.y': image });
  run(bound);
  expect([...bound.read('image.y')]).toEqual([...Float32Array.from(image)]);
});
