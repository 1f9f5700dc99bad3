// Training through the engine's contract: start, pause, resume, stop, one iteration; the same bits however it was
// interrupted, looked at or stepped; curves that begin and end where they should.
import { describe, expect, test } from 'vitest';
import { createDataShelf } from '../../../src/engine/data-shelf.ts';
import { createParkedTensors } from '../../../src/engine/numbers/parked-tensors.ts';
import { createProject } from '../../../src/engine/project.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { graphOf, type Json, library, registry, spiralNet } from '../../support/graphs.ts';

const spirals = (training: Json = {}) =>
  spiralNet({
    metrics: [{ kind: 'accuracy', scores: 'fc2.y', target: 'loss.target' }],
    schedule: { kind: 'cosine', warmup: 5 },
    ...training,
  });

/** Never done within a test. */
const endless = () => spirals({ epochs: 1_000_000 });

const names = ['fc1.weight', 'fc2.bias', 'bn.running_mean', 'bn.running_var', 'slot(fc1.weight, momentum)'];

/** Weights, statistics and slots, between iterations. */
async function settled({ engine, numbers }: Bench): Promise<readonly number[][]> {
  await engine.control({ kind: 'restart' });
  return Promise.all(names.map(numbers));
}

/** `count` iterations, one by one. */
async function straight(count: number, graph = spirals()): Promise<readonly number[][]> {
  const own = bench();
  await open(own.engine, graph);
  for (let i = 0; i < count; i++) await own.engine.train('iterate');
  return settled(own);
}

describe('the same bits', () => {
  test('stepping through an iteration = training it', async () => {
    const own = bench();
    await open(own.engine, spirals());
    for (let i = 0; i < 8; i++)
      await own.engine.control({ kind: 'finish' }).then(() => own.engine.control({ kind: 'step' }));
    const { iteration } = await own.engine.control({ kind: 'restart' });
    expect(iteration).toBe(8);
    const stepped = await settled(own);
    const trained = await straight(8);
    // The debugger's plan rounds sums in another order: fast numerics.
    for (const [i, values] of stepped.entries())
      for (const [k, x] of values.entries()) expect(x).toBeCloseTo(trained[i]?.[k] as number, 4);
  });

  test('stepping = training to the last bit in strict numerics', async () => {
    const own = bench();
    await open(own.engine, spirals({ numerics: 'strict' }));
    for (let i = 0; i < 8; i++)
      await own.engine.control({ kind: 'finish' }).then(() => own.engine.control({ kind: 'step' }));
    expect(await settled(own)).toEqual(await straight(8, spirals({ numerics: 'strict' })));
  });

  test('pausing, looking, stepping and going on = never pausing', async () => {
    const own = bench();
    const { engine } = own;
    await open(engine, endless());
    await engine.train('start');
    await own.until((state) => state.iteration > 2);
    let state = await engine.train('pause');
    expect(state.status).toBe('paused');
    await engine.summaries(
      names.map((name) => ({ name, example: 0, histogramBins: 8 })),
      'dark',
    );
    await engine.control({ kind: 'run_to_node', path: 'fc2', phase: 'update' });
    await engine.control({ kind: 'step_back' });
    state = await engine.train('resume');
    expect(state.status).toBe('running');
    await engine.train('pause');
    await engine.control({ kind: 'finish' });
    await engine.control({ kind: 'step' });
    await engine.train('resume');
    state = await engine.train('pause');
    for (let i = 0; i < 3; i++) state = await engine.train('iterate');
    expect(state.iteration).toBeGreaterThan(6);
    expect(await settled(own)).toEqual(await straight(state.iteration, endless()));
  });

  test('with views refreshed all the while = undisturbed', { timeout: 60_000 }, async () => {
    const own = bench();
    await open(own.engine, endless());
    await own.engine.train('start');
    const seen = () => own.events.filter((event) => event.kind === 'session').length;
    while (seen() < 3) {
      await own.engine.summaries([{ name: 'relu.y', example: 0, thumbnail: { width: 8, height: 8 } }], 'light');
      await own.engine.picture({ name: 'fc1.weight', example: 0, channel: 'all', scale: 'auto', theme: 'dark' });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { iteration } = await own.engine.train('pause');
    const graph = endless();
    const data = graph.training.data;
    const project = createProject(graph, {
      registry,
      library,
      shared: false,
      expand: [],
      parked: createParkedTensors(),
      iteration: 0,
      dataset: data ? createDataShelf().open(data, graph.seed).dataset : null,
    });
    const ready = project.training();
    if ('diagnostics' in ready) throw new Error('not ready');
    for (let i = 0; i < iteration; i++) ready.run.iterate();
    expect(await settled(own)).toEqual(names.map((name) => [...(project.debug?.bound.read(name) ?? [])]));
  });

  test('saving while it runs, and after a pause, gives the numbers between iterations', async () => {
    const own = bench();
    await open(own.engine, spirals());
    for (let i = 0; i < 5; i++) await own.engine.train('iterate');
    const saved = (await own.engine.exportFile('safetensors')).bytes as Uint8Array<ArrayBuffer>;
    const other = bench();
    await open(other.engine, spirals());
    expect(await other.engine.loadWeights(saved)).toEqual([]);
    const kept = names.filter((name) => !name.startsWith('slot'));
    await own.engine.control({ kind: 'restart' });
    for (const name of kept) expect(await other.numbers(name), name).toEqual(await own.numbers(name));
  });

  test('opening an edited graph in the middle of training loses nothing', async () => {
    const own = bench();
    await open(own.engine, endless());
    await own.engine.train('start');
    await own.until((state) => state.iteration > 3);
    const graph = endless();
    await open(own.engine, { ...graph, name: 'moved' }, 2);
    const { iteration } = await own.engine.control({ kind: 'restart' });
    expect(iteration).toBeGreaterThan(3);
    expect(await settled(own)).toEqual(await straight(iteration, endless()));
    await own.engine.train('iterate');
    expect(await settled(own)).toEqual(await straight(iteration + 1, endless()));
  });
});

describe('a run', () => {
  test('to its end: finished, one validation an epoch, the loss falls', { timeout: 60_000 }, async () => {
    const own = bench();
    await open(own.engine, spirals());
    const started = await own.engine.train('start');
    expect(started).toMatchObject({ status: 'running', epochs: 60 });
    const state = await own.until(({ status }) => status === 'finished');
    expect(state.iteration).toBe(60 * state.iterationsPerEpoch);
    expect(state.epoch).toBe(60);
    const validation = own.points().filter((point) => point.split === 'validation');
    expect(validation.map((point) => point.epoch)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(validation.at(-1)?.metrics['accuracy']).toBeGreaterThan(0.4);
    const train = own.points().filter((point) => point.split === 'train');
    expect(train.at(-1)?.iteration).toBe(state.iteration);
    expect(validation.at(-1)?.loss).toBeLessThan(validation[0]?.loss ?? 0);
    expect((await own.engine.train('start')).status).toBe('finished');
    expect((await own.engine.control({ kind: 'restart' })).iteration).toBe(state.iteration);
  });

  test('stops at once, and can go on', async () => {
    const own = bench();
    await open(own.engine, endless());
    await own.engine.train('start');
    await own.until((state) => state.iteration > 1);
    const { iteration, status } = await own.engine.train('stop');
    expect(status).toBe('idle');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await own.engine.train('stop')).iteration).toBe(iteration);
    expect((await own.engine.train('iterate')).iteration).toBe(iteration + 1);
  });

  test('a command of the debugger pauses it and acts on where it is', async () => {
    const own = bench();
    await open(own.engine, endless());
    await own.engine.train('start');
    await own.until((state) => state.iteration > 1);
    const state = await own.engine.control({ kind: 'finish' });
    const paused = await own.engine.train('pause');
    expect(paused.status).toBe('paused');
    expect(state.iteration).toBe(paused.iteration);
    expect(state.stoppedBy).toBe('end');
    expect(state.loss).not.toBeNull();
  });

  test('is refused with the reason', async () => {
    const { engine } = bench();
    expect(await engine.train('start')).toMatchObject({ status: 'failed', diagnostics: [{ code: 'E_NO_GRAPH' }] });
    const without = spirals();
    const { data: _, ...training } = without.training;
    await open(engine, { ...without, training } as GraphFile);
    expect(await engine.train('start')).toMatchObject({ status: 'failed', diagnostics: [{ code: 'E_NO_DATA' }] });
    await open(engine, spirals({ data: { source: 'spirals', bind: { x: 'x' } } }), 2);
    expect(await engine.train('start')).toMatchObject({ status: 'failed', diagnostics: [{ code: 'E_UNBOUND' }] });
    await open(engine, spirals({ batch: 100_000 }), 3);
    expect((await engine.train('start')).diagnostics.map((d) => d.code)).toEqual(['E_BATCH']);
  });

  test('an input with a fixed value keeps it in every plan', async () => {
    const own = bench();
    const graph = graphOf({
      nodes: {
        x: ['input', {}, { shape: ['N', 2] }],
        scale: ['input', {}, { shape: [] }, { value: 3 }],
        big: ['mul', { a: 'x.y', b: 'scale.y' }],
        fc: ['linear', { x: 'big.y' }, { out_features: 3 }],
        loss: ['cross_entropy', { x: 'fc.y' }],
      },
      training: {
        loss: 'loss.y',
        batch: 20,
        epochs: 1,
        numerics: 'strict',
        data: { source: 'spirals', bind: { x: 'x', 'loss.target': 'label' } },
      },
    });
    await open(own.engine, graph);
    const stepped = bench();
    await open(stepped.engine, graph);
    for (let i = 0; i < 3; i++) {
      await own.engine.train('iterate');
      await stepped.engine.control({ kind: 'continue' });
    }
    await stepped.engine.control({ kind: 'step' });
    await Promise.all([own.engine.control({ kind: 'restart' }), stepped.engine.control({ kind: 'restart' })]);
    expect(await own.numbers('fc.weight')).toEqual(await stepped.numbers('fc.weight'));
    expect(await own.number('scale.y')).toBe(3);
  });
});

test('weights: names with dots, shapes that do not fit, and what is missing', async () => {
  const { engine } = bench();
  await open(engine, spirals());
  expect((await engine.loadWeights(new Uint8Array([1, 2, 3]))).some((d) => d.severity === 'error')).toBe(true);
  const other = bench();
  await open(
    other.engine,
    graphOf({ nodes: { x: ['input', {}, { shape: ['N', 5] }], fc1: ['linear', { x: 'x.y' }, { out_features: 8 }] } }),
  );
  const found = await engine.loadWeights(
    (await other.engine.exportFile('safetensors')).bytes as Uint8Array<ArrayBuffer>,
  );
  expect(found.filter((d) => d.severity === 'error').map((d) => d.code)).toEqual(['E_WEIGHT_SHAPE']);
  expect(found.filter((d) => d.code === 'W_WEIGHT_MISSING').length).toBeGreaterThan(3);
});
