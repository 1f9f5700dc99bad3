// Numbers that outlive their engine: what one engine gives to be kept, another goes on with, bit for bit; what cannot be read
// is told and changes nothing.
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { type Json, spiralNet } from '../../support/graphs.ts';

const most = 1e9;

const spirals = (training: Json = {}) => spiralNet({ epochs: 1000, ...training });

const names = ['fc1.weight', 'fc2.bias', 'bn.running_mean', 'slot(fc1.weight, momentum)'];

const numbersOf = ({ numbers }: Bench): Promise<readonly number[][]> => Promise.all(names.map(numbers));

async function trained(iterations: number, graph = spirals()): Promise<Bench> {
  const own = bench();
  await open(own.engine, graph);
  for (let i = 0; i < iterations; i++) await own.engine.train('iterate');
  await own.engine.control({ kind: 'restart' });
  return own;
}

async function kept({ engine }: Bench): Promise<Blob> {
  const state = await engine.keepState({ most });
  if (!state?.file) throw new Error('nothing to keep');
  return state.file;
}

describe('what is kept', () => {
  test('another engine goes on with it as if nothing had happened: weights, statistics, slots, iteration', async () => {
    const first = await trained(7);
    const file = await kept(first);
    const second = bench();
    const report = await second.engine.open({ graph: spirals(), revision: 1, kept: file });
    expect(report.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(await numbersOf(second)).toEqual(await numbersOf(first));
    for (const { engine } of [first, second]) {
      expect((await engine.train('iterate')).iteration).toBe(8);
      for (let i = 0; i < 4; i++) await engine.train('iterate');
      await engine.control({ kind: 'restart' });
    }
    expect(await numbersOf(second)).toEqual(await numbersOf(first));
    expect(await numbersOf(second)).toEqual(await numbersOf(await trained(12)));
  });

  test.each([
    { kind: 'exponential', gamma: 0.9, interval: 'iteration' },
    { kind: 'plateau', patience: 0, threshold: 0.4, factor: 0.7 },
  ])('the rate as it was edited, and what the schedule $kind follows', async (schedule) => {
    const graph = spirals({ schedule, batch: 90 });
    for (const before of [0, 4, 6]) {
      const first = await trained(before, graph);
      await first.engine.setLearningRate(0.0371);
      for (let i = 0; i < before; i++) await first.engine.train('iterate');
      await first.engine.control({ kind: 'restart' });
      const second = bench();
      await second.engine.open({ graph, revision: 1, kept: await kept(first) });
      const rates: number[][] = [[], []];
      for (const [at, own] of [first, second].entries())
        for (let i = 0; i < 9; i++) {
          rates[at]?.push(...(await own.numbers('lr')));
          await own.engine.train('iterate');
        }
      expect(rates[1]).toEqual(rates[0]);
      for (const { engine } of [first, second]) await engine.control({ kind: 'restart' });
      expect(await numbersOf(second)).toEqual(await numbersOf(first));
    }
  });

  test('it is told once: again only after something was written', async () => {
    const own = await trained(2);
    const first = await own.engine.keepState({ most });
    const since = first?.mark;
    expect(await own.engine.keepState({ most, since })).toBeNull();
    await own.engine.control({ kind: 'step' });
    expect(await own.engine.keepState({ most, since })).toBeNull();
    await own.engine.setElements('fc1.weight', [{ index: 0, value: 5 }]);
    const again = await own.engine.keepState({ most, since });
    const tensors = readSafetensors(new Uint8Array((await again?.file?.arrayBuffer()) as ArrayBuffer)).tensors;
    expect(tensors.get('fc1.weight')?.data[0]).toBe(5);
  });

  test('in the middle of an iteration it is what stood at its start', async () => {
    const own = await trained(3);
    const before = await numbersOf(own);
    await own.engine.control({ kind: 'finish' });
    await own.engine.control({ kind: 'step_back' });
    const second = bench();
    await second.engine.open({ graph: spirals(), revision: 1, kept: await kept(own) });
    expect(await numbersOf(second)).toEqual(before);
  });

  test('numbers that the seed gives are not kept, nor after a reset; too many are counted, not given', async () => {
    const own = bench();
    await open(own.engine, spirals());
    expect(await own.engine.keepState({ most })).toMatchObject({ bytes: 0, file: null });
    await own.engine.train('iterate');
    const large = await own.engine.keepState({ most: 100 });
    expect(large).toMatchObject({ file: null });
    expect(large?.bytes).toBeGreaterThan(100);
    await own.engine.reset();
    expect(await own.engine.keepState({ most })).toMatchObject({ bytes: 0, file: null });
  });

  test('a graph of which part cannot run loses nothing: before it was broken, and when it comes back broken', async () => {
    const own = await trained(5);
    const whole = await numbersOf(own);
    const broken = { ...spirals(), edges: spirals().edges.filter(({ to }) => to !== 'fc2.x') };
    expect((await own.engine.open({ graph: broken, revision: 2 })).loss).toBeNull();
    const file = await kept(own);
    const second = bench();
    expect((await second.engine.open({ graph: broken, revision: 1, kept: file })).loss).toBeNull();
    expect(await second.numbers('fc1.weight')).toEqual(whole[0]);
    const again = await kept(second);
    await second.engine.open({ graph: spirals(), revision: 2 });
    expect(await numbersOf(second)).toEqual(whole);
    expect((await second.engine.train('iterate')).iteration).toBe(6);
    const third = bench();
    await third.engine.open({ graph: spirals(), revision: 1, kept: again });
    expect(await numbersOf(third)).toEqual(whole);
  });

  test('what is shown while the loss waits has moved no statistics: kept at the end of the pass, they are those before it', async () => {
    const own = await trained(5);
    const whole = await numbersOf(own);
    const { training, edges } = spirals();
    const waiting = { ...spirals(), edges: edges.filter(({ to }) => to !== 'loss.x'), training };
    expect((await own.engine.open({ graph: waiting, revision: 2 })).untrainable).toHaveLength(1);
    await own.engine.control({ kind: 'finish' });
    // The pass itself does move them.
    expect(await own.numbers('bn.running_mean')).not.toEqual(whole[names.indexOf('bn.running_mean')]);
    const second = bench();
    await second.engine.open({ graph: spirals(), revision: 1, kept: await kept(own) });
    expect(await numbersOf(second)).toEqual(whole);
    expect((await second.engine.session()).iteration).toBe(5);
  });

  test('a graph without anything to train stays in its iteration, however often it is looked at to its end', async () => {
    const { nodes, ...rest } = spirals();
    const frozen: GraphFile = {
      ...rest,
      nodes: nodes.map((node) => {
        const own = node.op === 'linear' || node.op === 'batch_norm' ? ['weight', 'bias'] : [];
        return { ...node, parameters: Object.fromEntries(own.map((name) => [name, { trainable: false }])) };
      }),
    };
    const own = bench();
    const report = await open(own.engine, frozen);
    expect(report.steps.some(({ phase }) => phase === 'update')).toBe(false);
    const begun = await own.numbers('bn.running_mean');
    await own.engine.setElements('fc2.weight', [{ index: 0, value: 3 }]);
    await own.engine.control({ kind: 'finish' });
    const second = bench();
    await second.engine.open({ graph: frozen, revision: 1, kept: await kept(own) });
    await own.engine.open({ graph: { ...frozen, nodes: frozen.nodes.toReversed() }, revision: 2 });
    for (const { engine, numbers } of [own, second]) {
      expect((await engine.session()).iteration).toBe(0);
      expect(await numbers('bn.running_mean')).toEqual(begun);
      expect((await numbers('fc2.weight'))[0]).toBe(3);
    }
  });

  test('a layer that has meanwhile another size starts anew, the rest goes on', async () => {
    const own = await trained(5);
    const wide = spirals();
    const nodes = wide.nodes.map((node) => (node.id === 'fc2' ? { ...node, attributes: { out_features: 4 } } : node));
    const second = bench();
    const report = await second.engine.open({ graph: { ...wide, nodes }, revision: 1, kept: await kept(own) });
    expect(report.runnable).toBe(true);
    expect(await second.numbers('fc1.weight')).toEqual(await own.numbers('fc1.weight'));
    expect(await second.numbers('fc2.weight')).toHaveLength(32);
  });

  test.each([
    ['cut off', async (file: Blob) => file.slice(0, file.size - 40)],
    ['of other bytes', async () => new Blob([new Uint8Array(200).fill(7)])],
    ['empty', async () => new Blob([])],
    [
      'without its iteration',
      async (file: Blob) => new Blob([(await file.text()).replace('"iteration":"', '"jteration":"')]),
    ],
  ])('a file %s is told and changes nothing', async (_, spoil) => {
    const file = await spoil(await kept(await trained(3)));
    const own = bench();
    const report = await own.engine.open({ graph: spirals(), revision: 1, kept: file });
    expect(report.runnable).toBe(true);
    expect(report.diagnostics.map(({ code }) => code)).toContain('W_KEPT_WEIGHTS');
    expect(await numbersOf(own)).toEqual(await numbersOf(await trained(0)));
  });
});
