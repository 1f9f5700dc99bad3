// Breakpoints and log points while training, and headless beside it. Truth: the same iterations stepped through without any of
// them, numbers read and compared here.
import { describe, expect, test } from 'vitest';
import { createForks } from '../../../src/debugger/timeline/forks.ts';
import { createDataShelf } from '../../../src/engine/data-shelf.ts';
import { createHalts } from '../../../src/engine/halts.ts';
import { createParkedTensors } from '../../../src/engine/numbers/parked-tensors.ts';
import { createProject } from '../../../src/engine/project.ts';
import type { BreakpointHit } from '../../../src/engine/protocol/halts.ts';
import type { EngineApi } from '../../../src/engine/protocol.ts';
import { createDebugging } from '../../../src/library/debugging.ts';
import { createTraining } from '../../../src/library/training.ts';
import { bench, open } from '../../support/engines.ts';
import { library, registry } from '../../support/graphs.ts';
import { always, gradientNorms, logOf, norm, rareThreshold, resumed, spirals } from '../../support/halts.ts';

describe('training', () => {
  const iterations = 24;
  const name = 'hidden.weight';

  async function stopping() {
    const weight = (await nodeOf()) ?? name;
    const norms = await gradientNorms(weight, iterations);
    return { weight, norms, ...rareThreshold(norms) };
  }

  /** The first layer with a weight. */
  async function nodeOf(): Promise<string | undefined> {
    const { engine } = bench();
    const report = await open(engine, spirals);
    return Object.keys(report.values).find((value) => /^[a-z]\w*\.weight$/.test(value));
  }

  test('stops where stepping would, at the same numbers; headless the same; goes on as if nothing had been', async () => {
    const { weight, norms, threshold, first } = await stopping();
    const path = weight.replace('.weight', '');
    const condition = `norm(grad(weight)) < ${threshold}`;
    const breakpoint = { id: 'small', path, phase: 'backward', enabled: true, condition } as const;

    const own = bench();
    await open(own.engine, spirals);
    const [facts] = await own.engine.setBreakpoints([breakpoint]);
    await own.engine.train('start');
    expect((await own.until(({ status }) => status !== 'running')).status).toBe('paused');
    const session = own.events.findLast((event) => event.kind === 'session')?.state;
    expect(session).toMatchObject({ iteration: first, cursor: facts?.cursors[0], stoppedBy: 'breakpoint' });
    const [hit] = session?.hits ?? [];
    expect(hit).toMatchObject({ id: 'small', iteration: first, count: 1, expression: condition });
    expect(hit?.values['norm(grad(weight))']).toBeCloseTo(norms[first] as number, 12);
    expect(norm(await own.numbers(`grad(${weight})`))).toBe(norms[first]);

    const { training, faults, diagnostics } = createDebugging(spirals, { breakpoints: [breakpoint] });
    expect([faults, diagnostics.filter((d) => d.severity === 'error')]).toEqual([[], []]);
    let headless: BreakpointHit | null = null;
    while (training && headless === null) headless = training.iterate();
    expect(headless).toEqual(hit);

    // Stepping finds the same place.
    const stepped = bench();
    await open(stepped.engine, spirals);
    await stepped.engine.setBreakpoints([breakpoint]);
    let state = await stepped.engine.control({ kind: 'continue' });
    while (state.stoppedBy !== 'breakpoint') state = await stepped.engine.control({ kind: 'continue' });
    expect(state.hits).toEqual([hit]);

    // On to the end: the numbers are those of a training that was never stopped.
    for (;;) {
      await own.engine.train('start');
      const { status } = await own.until((reported) => reported.status !== 'running');
      if (status === 'finished') break;
      expect(status).toBe('paused');
    }
    while (training && !training.run.finished) training.iterate();
    const plain = createTraining(spirals).training;
    while (plain && !plain.run.finished) plain.run.iterate();
    const wanted = [...(plain?.weights().get(weight)?.data ?? [])];
    expect(wanted.length).toBeGreaterThan(0);
    expect([...(training?.weights().get(weight)?.data ?? [])]).toEqual(wanted);
    expect(await own.numbers(weight)).toEqual(wanted);
    expect(training?.counts()).toEqual([(await own.engine.breakpointFacts())[0]?.count]);
  });

  test('a single iteration stops, too; stepping on from there and training on leaves the stop behind', async () => {
    const own = bench();
    await open(own.engine, spirals);
    await own.engine.setBreakpoints([{ path: '', ...always, condition: 'iteration == 1' }]);
    expect((await own.engine.train('iterate')).iteration).toBe(1);
    const stopped = await own.engine.train('iterate');
    expect([stopped.iteration, stopped.status]).toEqual([1, 'paused']);
    expect(own.events.findLast((event) => event.kind === 'session')?.state).toMatchObject({
      iteration: 1,
      cursor: 0,
      stoppedBy: 'breakpoint',
    });
    expect((await own.engine.train('iterate')).iteration).toBe(2);
  });

  test('log points write a line an iteration, also where nothing stops; updates are after minus before', async () => {
    const own = bench();
    await open(own.engine, spirals);
    const weight = (await nodeOf()) as string;
    await own.engine.setBreakpoints([
      { id: 'line', path: '', ...always, log: `{iteration} {lr} {max(abs(update(${weight})))}` },
    ]);
    const sizes: number[] = [];
    for (let i = 0; i < 3; i++) {
      const before = await own.numbers(weight);
      await own.engine.train('iterate');
      // The session shows the next iteration before its update: these are the numbers after this one.
      const after = await own.numbers(weight);
      sizes.push(Math.max(...after.map((x, at) => Math.abs(x - (before[at] as number)))));
    }
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(logOf(own).map(({ iteration, series }) => [iteration, series[2]?.value])).toEqual(
      sizes.map((size, iteration) => [iteration, size]),
    );
    // Every line knows the branch that it was written on.
    const first = (await own.engine.timeline()).branch;
    expect(new Set(logOf(own).map(({ branch }) => branch))).toEqual(new Set([first]));
    await own.engine.seek({ iteration: 1, step: 0 });
    await own.engine.setLearningRate(0.5);
    await own.engine.train('iterate');
    const second = (await own.engine.timeline()).branch;
    expect(second).not.toBe(first);
    expect(logOf(own).at(-1)).toMatchObject({ branch: second, iteration: 1, series: [{}, { value: 0.5 }, {}] });
  });

  test('gone back to before a stop that was left behind, training stops there again', async () => {
    const own = bench();
    const { engine } = own;
    await open(engine, spirals);
    await engine.setBreakpoints([{ path: 'fc1', phase: 'backward', enabled: true, condition: 'iteration % 4 == 3' }]);
    const stops: number[] = [];
    for (let i = 0; i < 3; i++) stops.push((await resumed(own)).iteration);
    for (const back of [1, 6, 3]) {
      await engine.seek({ iteration: back, step: 0 });
      stops.push((await resumed(own)).iteration);
    }
    expect(stops).toEqual([3, 7, 11, 3, 7, 3]);
  });

  test('every branch counts its own hits and writes its own lines, wherever the others went', async () => {
    const own = bench();
    const { engine } = own;
    await open(engine, spirals);
    const [count, lines] = [
      async () => (await engine.breakpointFacts())[0]?.count,
      () => logOf(own).map(({ branch, iteration }) => [branch, iteration]),
    ];
    await engine.setBreakpoints([{ id: 'line', path: '', ...always, log: '{loss}' }]);
    const iterate = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await engine.train('iterate');
    };
    await iterate(4);
    await engine.seek({ iteration: 1, step: 0 });
    await engine.setLearningRate(0.5);
    expect(await count()).toBe(1);
    await iterate(6);
    expect(await count()).toBe(7);
    // Back on the first: what it ran is counted still, and what it runs on is its own.
    await engine.switchBranch(1);
    expect(await count()).toBe(4);
    await engine.seek({ iteration: 4, step: 0 });
    await iterate(2);
    expect(await count()).toBe(6);
    await engine.switchBranch(2);
    expect(await count()).toBe(7);
    // Another graph, from an iteration that is behind: its iterations are run for the first time.
    await engine.seek({ iteration: 2, step: 0 });
    const { training } = spirals;
    const graph = { ...spirals, training: { ...training, optimizer: { ...training.optimizer, lr: 0.02 } } };
    await open(engine, graph, 2);
    expect(await count()).toBe(2);
    await iterate(2);
    expect(await count()).toBe(4);
    expect(lines()).toEqual([
      ...[0, 1, 2, 3].map((iteration) => [1, iteration]),
      ...[1, 2, 3, 4, 5, 6].map((iteration) => [2, iteration]),
      ...[4, 5].map((iteration) => [1, iteration]),
      ...[2, 3].map((iteration) => [3, iteration]),
    ]);
  });

  test('watches remember the numbers of the branch that is stood on', async () => {
    const own = bench();
    const { engine } = own;
    await open(engine, spirals);
    await engine.setWatches([{ id: 'l', expression: 'loss', path: '' }]);
    for (let i = 0; i < 4; i++) await engine.train('iterate');
    await engine.seek({ iteration: 2, step: 0 });
    await engine.setLearningRate(2);
    for (let i = 0; i < 5; i++) await engine.train('iterate');
    await engine.switchBranch(1);
    const [watch] = (await engine.watches()).watches;
    const { iterations = [], values = [] } = watch?.history ?? {};
    const { losses } = await engine.lossCurve(1, 1000);
    const known = [...iterations].filter((iteration) => iteration < losses.length);
    expect(known.length).toBeGreaterThan(0);
    for (const [i, iteration] of iterations.entries())
      if (iteration < losses.length) expect(values[i]).toBe(losses[iteration]);
  });

  test('with nothing to ask training runs the very plan that it runs without breakpoints', async () => {
    const planOf = async (breakpoints: Parameters<EngineApi['setBreakpoints']>[0]) => {
      const { engine } = bench();
      await open(engine, spirals);
      await engine.setBreakpoints(breakpoints);
      await engine.train('iterate');
      return (await engine.planFacts())?.text;
    };
    const condition = 'any(isnan(y))';
    const plain = await planOf([]);
    expect(plain).toMatch(/linear|gemm/);
    expect(
      await planOf([
        { path: 'fc1', ...always },
        { path: 'relu', ...always, enabled: false, condition },
      ]),
    ).toBe(plain);
    expect(await planOf([{ path: 'fc1', ...always, condition }])).not.toBe(plain);
  });

  test('with none set, or none that is on, training is left alone: the same plan object, nothing executes in its place', () => {
    const { data } = spirals.training;
    const project = createProject(spirals, {
      registry,
      library,
      shared: false,
      expand: [],
      dataset: data ? createDataShelf().open(data, spirals.seed).dataset : null,
      parked: createParkedTensors(),
      iteration: 0,
    });
    const alone = project.training();
    const { debug } = project;
    if ('diagnostics' in alone || !debug) throw new Error('spirals train');
    const forks = createForks('', 0);
    const halts = createHalts(
      () => undefined,
      () => forks,
    );
    const never = (): void => {
      throw new Error('nothing is replayed');
    };
    const asking = { path: 'fc1', ...always, condition: 'any(isnan(y))', log: '{norm(grad(weight))}' };
    for (const list of [[], [{ ...asking, enabled: false }], [{ path: 'fc1', ...always, enabled: false }]]) {
      halts.setBreakpoints(list);
      const needs = halts.needs(debug, ['fc1']);
      expect(needs).toEqual({ retain: [], expand: [] });
      expect(project.isArmed(needs)).toBe(true);
      expect(project.training(needs)).toEqual({ run: alone.run, plan: alone.plan });
      expect(halts.execute(debug, alone.run, never)).toBeUndefined();
    }
    // One without a condition asks for nothing to be kept: the plan stays, and is only walked in two pieces.
    halts.setBreakpoints([{ path: 'fc1', ...always }]);
    expect(project.isArmed(halts.needs(debug, []))).toBe(true);
    expect(halts.execute(debug, alone.run, never)).toBeDefined();
    halts.setBreakpoints([asking]);
    expect(project.isArmed(halts.needs(debug, []))).toBe(false);
  });

  test('without a condition it stops before its step in every iteration; headless the same', async () => {
    const own = bench();
    await open(own.engine, spirals);
    const breakpoint = { id: 'plain', path: 'fc1', phase: 'backward', enabled: true } as const;
    const [facts] = await own.engine.setBreakpoints([breakpoint]);
    const headless = createDebugging(spirals, { breakpoints: [breakpoint] }).training;
    const weight = (await nodeOf()) as string;
    for (let iteration = 0; iteration < 4; iteration++) {
      expect((await resumed(own)).status).toBe('paused');
      const session = own.events.findLast((event) => event.kind === 'session')?.state;
      expect(session).toMatchObject({
        iteration,
        cursor: facts?.cursors[0],
        stoppedBy: 'breakpoint',
        stoppedTraining: true,
        hits: [{ id: 'plain', node: 'fc1', phase: 'backward', expression: null, values: {}, count: iteration + 1 }],
      });
      // The call after a hit runs the same iteration to its end.
      if (iteration > 0) expect(headless?.iterate()).toBe(null);
      expect(session?.hits).toEqual([headless?.iterate()]);
    }
    // Stepping on from the stop is no longer training's: then a hit count lets it pass.
    expect(await own.engine.control({ kind: 'step' })).toMatchObject({ stoppedTraining: false, hits: [] });
    await own.engine.setBreakpoints([{ ...breakpoint, hits: '% 5' }]);
    await resumed(own);
    const later = own.events.findLast((event) => event.kind === 'session')?.state;
    expect([later?.iteration, later?.hits?.[0]?.count]).toEqual([8, 5]);
    // Switched off, it goes on to the end, with the numbers of a training that was never stopped.
    await own.engine.setBreakpoints([{ ...breakpoint, enabled: false }]);
    expect((await resumed(own)).status).toBe('finished');
    const plain = createTraining(spirals).training;
    while (plain && !plain.run.finished) plain.run.iterate();
    const wanted = [...(plain?.weights().get(weight)?.data ?? [])];
    expect(wanted.length).toBeGreaterThan(0);
    expect(await own.numbers(weight)).toEqual(wanted);
  });

  test.each(['strict', 'fast'] as const)(
    'behind the update it is taken back, also long after the last copy (%s)',
    async (numerics) => {
      const graph = { ...spirals, training: { ...spirals.training, numerics } };
      const weight = (await nodeOf()) as string;
      // Weights after every iteration of a training that nobody stops.
      const plain = createTraining(graph).training;
      const after: number[][] = [];
      while (plain && !plain.run.finished) {
        plain.run.iterate();
        after.push([...(plain.weights().get(weight)?.data ?? [])]);
      }
      expect(after.length).toBe(36);
      const condition = `iteration % 11 == 9 and max(abs(update(${weight}))) > 0`;
      const breakpoint = { id: 'late', path: '', ...always, condition } as const;
      const own = bench();
      await open(own.engine, graph);
      await own.engine.setBreakpoints([breakpoint]);
      const headless = createDebugging(graph, { breakpoints: [breakpoint] }).training;
      const stops: number[] = [];
      for (;;) {
        const { status, iteration } = await resumed(own);
        if (status === 'finished') break;
        stops.push(iteration);
        let hit = headless?.iterate();
        while (!hit && !headless?.run.finished) hit = headless?.iterate();
        const state = own.events.findLast((event) => event.kind === 'session')?.state;
        expect(state?.hits?.[0]).toMatchObject({ iteration, count: hit?.count });
        // Headless the weights are those that the iteration began with, in the session those behind its update.
        expect([...(headless?.weights().get(weight)?.data ?? [])]).toEqual(after[iteration - 1]);
        if (numerics === 'strict') expect(await own.numbers(weight)).toEqual(after[iteration]);
      }
      expect(stops).toEqual([9, 20, 31]);
      while (headless && !headless.run.finished) headless.iterate();
      expect([...(headless?.weights().get(weight)?.data ?? [])]).toEqual(after[35]);
      expect(await own.numbers(weight)).toEqual(after[35]);
    },
  );

  test('a breakpoint set while training runs stops it', async () => {
    const own = bench();
    await open(own.engine, { ...spirals, training: { ...spirals.training, epochs: 10_000 } });
    await own.engine.setBreakpoints([{ path: 'loss', ...always, enabled: false }]);
    await own.engine.train('start');
    await own.until(({ iteration }) => iteration > 3);
    await own.engine.setBreakpoints([{ path: '', ...always, condition: 'iteration % 50 == 0' }]);
    const hitAt = () => own.events.findLast((event) => event.kind === 'session')?.state.hits?.[0]?.iteration;
    // Paused for the change it says so as well, and goes on.
    const { iteration } = await own.until(({ status, iteration: at }) => status === 'paused' && hitAt() === at);
    expect(iteration % 50).toBe(0);
    expect((await own.engine.train('pause')).iteration).toBe(iteration);
  });
});
