// Going far back in a history that has few snapshots: it tells how far it is, it can be called off, the last wish counts, and what
// comes out is what running there gives, bit for bit.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { EngineEvent } from '../../src/engine/protocol.ts';
import type { GraphFile } from '../../src/graph/schema.ts';
import { type Bench, bench, open } from '../support/engines.ts';
import { example, graphOf } from '../support/graphs.ts';

const lenet = example('lenet5');
const graph = { ...lenet, training: { ...lenet.training, batch: 16 } } as GraphFile;
const iterations = 320;

/** Stands for all bits of a value. */
async function bitsOf({ engine }: Bench, name: string): Promise<string> {
  const data = (await engine.read(name))?.data ?? new Float32Array();
  return createHash('sha1')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}

interface Run extends Bench {
  /** Everything that can be read where it stands, and where that is. */
  standing(): Promise<unknown>;
  /** Resolves with the first sign of progress of a replay from now on. */
  underWay(): Promise<Extract<EngineEvent, { kind: 'search' }>>;
}

/** Trained with no room for snapshots: everything is replayed from the start. */
async function trained(of: GraphFile = graph, count = iterations): Promise<Run> {
  const own = bench();
  const { engine, events } = own;
  const { steps } = await open(engine, of);
  await engine.setRecording({ limitBytes: 0 });
  for (let i = 0; i < count; i++) await engine.train('iterate');
  const names = [...new Set(steps.flatMap(({ writes }) => writes))];
  return {
    ...own,
    async standing() {
      const requests = names.map((name) => ({ name, example: 0 }));
      const { summaries } = await engine.summaries(requests, 'light');
      const known = summaries.filter(({ state }) => state === 'computed').map(({ name }) => name);
      const bits = await Promise.all(
        known.map(async (name) => {
          return [name, await bitsOf(own, name)];
        }),
      );
      const { position, branch } = await engine.timeline();
      return { position, branch, values: Object.fromEntries(bits) };
    },
    async underWay() {
      const from = events.length;
      for (;;) {
        const found = events.slice(from).find((event) => event.kind === 'search');
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}

test('a long replay tells how far it is; called off, everything is as it was, bit for bit', {
  timeout: 120_000,
}, async () => {
  const run = await trained();
  const { engine, events } = run;
  await engine.seek({ iteration: 3, step: 11 });
  const before = await run.standing();

  const going = engine.seek({ iteration: iterations - 1, step: 5 });
  const first = await run.underWay();
  expect(first.id).toBe(0);
  expect(first.share).toBeLessThan(1);
  // What is asked meanwhile is answered, of where it stands.
  expect(await run.standing()).toEqual(before);
  await engine.cancelSearch(0);
  const { iteration, cursor } = await going;
  expect([iteration, cursor]).toEqual([3, 11]);
  expect(await run.standing()).toEqual(before);

  events.length = 0;
  await engine.seek({ iteration: iterations - 1, step: 5 });
  const shares = events.flatMap((event) => (event.kind === 'search' ? [event.share] : []));
  expect(shares.length).toBeGreaterThan(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  const there = await run.standing();

  // The same as by running there.
  const other = bench();
  await open(other.engine, graph);
  for (let i = 0; i < iterations - 1; i++) await other.engine.train('iterate');
  await other.engine.seek({ iteration: iterations - 1, step: 5 });
  const { values } = there as { values: Record<string, string> };
  expect(Object.keys(values).length).toBeGreaterThan(10);
  for (const [name, bits] of Object.entries(values)) {
    expect(await bitsOf(other, name), name).toEqual(bits);
  }
});

test('the last wish counts, and whatever else moves the run ends a replay', { timeout: 120_000 }, async () => {
  const run = await trained();
  const { engine } = run;
  await engine.seek({ iteration: 2, step: 0 });
  const first = engine.seek({ iteration: 150, step: 0 });
  await run.underWay();
  const second = engine.seek({ iteration: 90, step: 4 });
  expect((await first).iteration).toBe(2);
  const { iteration, cursor } = await second;
  expect([iteration, cursor]).toEqual([90, 4]);

  // To where it stands: what was on its way does not come after all.
  const third = engine.seek({ iteration: 5, step: 0 });
  const fourth = engine.seek({ iteration: 90, step: 4 });
  await Promise.all([third, fourth]);
  expect((await engine.timeline()).position).toEqual({ iteration: 90, step: 4 });

  const fifth = engine.seek({ iteration: 150, step: 0 });
  await run.underWay();
  await engine.control({ kind: 'step' });
  await fifth;
  expect((await engine.timeline()).position).toEqual({ iteration: 90, step: 5 });
});

test('a step back over many iterations, and a search for a breakpoint, are called off the same way', {
  timeout: 120_000,
}, async () => {
  const run = await trained();
  const { engine } = run;
  await engine.seek({ iteration: 140, step: 7 });
  const before = await run.standing();
  await engine.setBreakpoints([{ path: 'fc1', phase: 'forward', enabled: true, condition: 'iteration == 1' }]);
  const back = engine.control({ kind: 'reverse_continue' });
  await run.underWay();
  await engine.cancelSearch(0);
  await back;
  expect(await run.standing()).toEqual(before);

  await engine.seek({ iteration: 120, step: 0 });
  const start = await run.standing();
  const step = engine.control({ kind: 'step_back', by: 'iteration' });
  await engine.cancelSearch(0);
  await step;
  expect(await run.standing()).toEqual(start);
  await engine.control({ kind: 'reverse_continue' });
  expect((await engine.timeline()).position.iteration).toBe(1);
});

test('iterations that take long are gone through step by step, and stepped back from there', {
  timeout: 120_000,
}, async () => {
  // Some hundred milliseconds an iteration on the fastest of machines.
  const units = 2000;
  const wide = graphOf({
    nodes: {
      x: ['input', {}, { shape: ['N', 2] }],
      fc1: ['linear', { x: 'x.y' }, { out_features: units }],
      bn: ['batch_norm', { x: 'fc1.y' }],
      act: ['relu', { x: 'bn.y' }],
      fc2: ['linear', { x: 'act.y' }, { out_features: units }],
      tanh: ['tanh', { x: 'fc2.y' }],
      fc3: ['linear', { x: 'tanh.y' }, { out_features: units }],
      score: ['linear', { x: 'fc3.y' }, { out_features: 3 }],
      loss: ['cross_entropy', { x: 'score.y' }],
    },
    training: {
      loss: 'loss.y',
      epochs: 100,
      batch: 200,
      data: { source: 'spirals', bind: { x: 'x', 'loss.target': 'label' } },
      optimizer: { kind: 'momentum', lr: 0.01 },
    },
  });
  const run = await trained(wide, 4);
  const { engine, events } = run;
  const { iterationMs, stepCount } = await engine.timeline();
  expect(iterationMs.training).toBeGreaterThan(100);
  await engine.seek({ iteration: 1, step: 3 });
  const before = await run.standing();

  // Called off within the last iteration.
  events.length = 0;
  const going = engine.seek({ iteration: 2, step: stepCount - 1 });
  const inLast = () => events.some((event) => event.kind === 'search' && event.iteration === 2);
  while (!inLast()) await new Promise((resolve) => setTimeout(resolve, 1));
  await engine.cancelSearch(0);
  const { iteration, cursor } = await going;
  expect([iteration, cursor]).toEqual([1, 3]);
  expect(await run.standing()).toEqual(before);

  events.length = 0;
  await engine.seek({ iteration: 2, step: stepCount - 1 });
  const shares = events.flatMap((event) => (event.kind === 'search' ? [event.share] : []));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(Math.max(...shares)).toBeLessThan(1);
  const there = await run.standing();
  // All its steps undone and done again.
  await engine.control({ kind: 'restart' });
  await engine.control({ kind: 'run_to', step: stepCount - 1 });
  expect(await run.standing()).toEqual(there);
  await engine.control({ kind: 'restart' });
  const start = await run.standing();
  await engine.seek({ iteration: 0, step: 0 });
  await engine.control({ kind: 'step', by: 'iteration' });
  await engine.control({ kind: 'step', by: 'iteration' });
  expect(await run.standing()).toEqual(start);
});
