// Breakpoints, log points and watches in the engine: stepping both ways, training, and headless beside it. Truth: the same iterations
// stepped through without any of them, numbers read and compared here.
import { describe, expect, test } from 'vitest';
import { createDataShelf } from '../../../src/engine/data-shelf.ts';
import { createHalts } from '../../../src/engine/halts.ts';
import { createParkedTensors } from '../../../src/engine/parked-tensors.ts';
import { createProject } from '../../../src/engine/project.ts';
import type { BreakpointHit, LogLine } from '../../../src/engine/protocol/halts.ts';
import type { EngineApi, TrainState } from '../../../src/engine/protocol.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { createDebugging } from '../../../src/library/debugging.ts';
import { createTraining } from '../../../src/library/training.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { example, library, registry } from '../../support/graphs.ts';

const spirals = ((): GraphFile => {
  const graph = example('spirals');
  return { ...graph, training: { ...graph.training, numerics: 'strict', epochs: 12 } };
})();

const norm = (numbers: readonly number[]) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));

const always = { phase: 'forward', enabled: true } as const;

/** Norm of a gradient in each of the first iterations, by stepping; and where it is known. */
async function gradientNorms(name: string, iterations: number): Promise<number[]> {
  const { engine, numbers } = bench();
  await open(engine, spirals);
  const norms: number[] = [];
  for (let i = 0; i < iterations; i++) {
    await engine.control({ kind: i === 0 ? 'finish' : 'continue' });
    norms.push(norm(await numbers(`grad(${name})`)));
  }
  return norms;
}

/** A number below which they fall for the first time in the middle. */
function rareThreshold(norms: readonly number[]): { threshold: number; first: number } {
  for (let at = norms.length >> 1; at < norms.length; at++) {
    const before = Math.min(...norms.slice(0, at));
    if ((norms[at] as number) < before) return { threshold: (before + (norms[at] as number)) / 2, first: at };
  }
  throw new Error('the norms never fall');
}

const hitsOf = async (answer: Promise<{ hits?: readonly BreakpointHit[] }>) => (await answer).hits ?? [];

const logOf = ({ events }: Bench): LogLine[] => events.flatMap((event) => (event.kind === 'log' ? event.entries : []));

/** Trains on until it stands still again. */
async function resumed({ engine, events }: Bench): Promise<TrainState> {
  const from = events.length;
  await engine.train('resume');
  for (;;) {
    const last = events.slice(from).findLast((event) => event.kind === 'training');
    if (last && last.state.status !== 'running') return last.state;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('stepping', () => {
  async function xyz(breakpoints: Parameters<EngineApi['setBreakpoints']>[0]) {
    const own = bench();
    await open(own.engine, example('xyz'));
    return { ...own, facts: await own.engine.setBreakpoints(breakpoints) };
  }

  test('with a condition it stops behind the step that makes it true, forwards and backwards; without one before', async () => {
    const { engine, facts } = await xyz([
      { id: 'after', path: 'q', ...always, condition: 'y == 3' },
      { id: 'before', path: 'f', phase: 'backward', enabled: true },
      { id: 'never', path: 'f', ...always, condition: 'y > 0' },
    ]);
    expect(facts.map(({ cursors, faults }) => [cursors, faults])).toEqual([
      [[1], []],
      [[2], []],
      [[2], []],
    ]);
    const first = await engine.control({ kind: 'continue' });
    expect(first).toMatchObject({ cursor: 1, stoppedBy: 'breakpoint' });
    expect(first.hits).toEqual([
      {
        id: 'after',
        iteration: 0,
        epoch: 0,
        cursor: 1,
        node: 'q',
        phase: 'forward',
        expression: 'y == 3',
        values: { y: 3 },
        count: 1,
      },
    ]);
    const second = await engine.control({ kind: 'continue' });
    expect(second).toMatchObject({
      cursor: 2,
      stoppedBy: 'breakpoint',
      hits: [{ id: 'before', node: 'f', phase: 'backward' }],
    });
    expect(await engine.control({ kind: 'continue' })).toMatchObject({ cursor: 4, stoppedBy: 'end', hits: [] });
    expect(await engine.control({ kind: 'reverse_continue' })).toMatchObject({ cursor: 2, stoppedBy: 'breakpoint' });
    expect(await engine.control({ kind: 'reverse_continue' })).toMatchObject({ cursor: 1, stoppedBy: 'breakpoint' });
    expect(await engine.control({ kind: 'reverse_continue' })).toMatchObject({ cursor: 0, stoppedBy: 'start' });
    // The same place of the same run is one hit, however often it is come to.
    expect(await hitsOf(engine.control({ kind: 'continue' }))).toMatchObject([{ id: 'after', count: 1 }]);
  });

  test('what is edited decides anew', async () => {
    const { engine } = await xyz([{ path: 'q', ...always, condition: 'y > 3' }]);
    expect(await engine.control({ kind: 'continue' })).toMatchObject({ stoppedBy: 'end' });
    await engine.control({ kind: 'restart' });
    await engine.setElements('x.y', [{ index: 0, value: 1 }]);
    expect(await engine.control({ kind: 'continue' })).toMatchObject({ cursor: 1, hits: [{ values: { y: 6 } }] });
  });

  test('behind the last step it stops, too, and then the next iteration begins', async () => {
    const { engine, facts } = await xyz([{ path: '', ...always, condition: 'grad(x.y) + grad(y.y) == -8' }]);
    expect(facts[0]?.cursors).toEqual([4]);
    expect(await engine.control({ kind: 'continue' })).toMatchObject({ cursor: 4, stoppedBy: 'breakpoint' });
    expect(await engine.control({ kind: 'continue' })).toMatchObject({
      iteration: 1,
      cursor: 4,
      stoppedBy: 'breakpoint',
    });
  });

  test('hit counts; log points write a line and go on, once a place', async () => {
    const own = await xyz([
      { id: 'third', path: 'q', ...always, condition: 'y == 3', hits: '== 3' },
      { id: 'line', path: 'f', ...always, log: 'f is {y} in {iteration}' },
      { id: 'off', path: 'f', phase: 'forward', enabled: false, condition: 'y < 0' },
    ]);
    const { engine } = own;
    const seen: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      const { iteration, cursor, stoppedBy } = await engine.control({ kind: 'continue' });
      seen.push([iteration, cursor, stoppedBy]);
    }
    expect(seen).toEqual([
      [0, 4, 'end'],
      [1, 4, 'end'],
      [2, 1, 'breakpoint'],
      [2, 4, 'end'],
    ]);
    await engine.control({ kind: 'restart' });
    await engine.control({ kind: 'finish' });
    expect(logOf(own).map(({ line, series }) => [line, series.map(({ value }) => value)])).toEqual([
      ['f is -12 in 0', [-12, 0]],
      ['f is -12 in 1', [-12, 1]],
      ['f is -12 in 2', [-12, 2]],
    ]);
    expect((await engine.breakpointFacts()).map(({ id, count }) => [id, count])).toEqual([
      ['third', 3],
      ['line', 3],
      ['off', 0],
    ]);
  });

  test('what cannot be understood is told with its place, and is not in force', async () => {
    const { engine, facts } = await xyz([
      { path: 'q', ...always, condition: 'norm(w) > 1' },
      { path: 'q', ...always, condition: 'y >' },
      { path: 'q', ...always, condition: 'y > 0', hits: 'often' },
      { path: 'q', ...always, log: 'it is {z.w}' },
      { path: 'nobody', ...always },
      { path: '', ...always },
    ]);
    const told = facts.map(({ faults }) =>
      faults.map(({ field, span, message }) => [field, span.from, span.to, message]),
    );
    expect(told).toEqual([
      [['condition', 5, 6, '`q` has no port `w`, and there is no node of that name']],
      [['condition', 3, 3, 'expected a value, found the end']],
      [['hits', 0, 5, expect.stringContaining('a hit count is')]],
      [['log', 7, 10, 'there is no value `z.w`; did you mean `z.y`?']],
      [['path', 0, 6, 'there is no such node in the plan']],
      [['path', 0, 0, 'without a node it needs a condition']],
    ]);
    expect(await engine.control({ kind: 'continue' })).toMatchObject({ stoppedBy: 'end' });
  });

  test('every time step of a recurrence is asked', async () => {
    const { engine } = bench();
    const graph = example('char-lstm');
    const report = await open(engine, graph);
    const cell = report.steps.find(({ node }) => /\[0\]\//.test(node))?.node ?? '';
    const path = cell.replace('[0]', '');
    const [facts] = await engine.setBreakpoints([{ path, ...always, condition: 'any(isnan(h))' }]);
    const steps = new Set(
      report.steps
        .filter(({ phase }) => phase === 'forward')
        .filter(({ node }) => node.replace(/\[\d+\]/g, '') === path)
        .map(({ node }) => node),
    );
    expect(steps.size).toBeGreaterThan(4);
    expect(facts?.cursors.length).toBe(steps.size);
  });
});

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
    const halts = createHalts(
      () => undefined,
      () => 1,
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
    const { status, iteration } = await own.until(({ status: each }) => each === 'paused');
    // The one that was paused for the change says so as well.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const last = own.events.findLast((event) => event.kind === 'training')?.state ?? { status, iteration };
    expect([last.status, last.iteration % 50]).toEqual(['paused', 0]);
  });
});

describe('inside a node that is opened', () => {
  /** The spirals with maxout: an operator that opens into linear pieces and their maximum. */
  const inside: GraphFile = {
    ...spirals,
    nodes: spirals.nodes.flatMap((node) =>
      node.id === 'relu' ? [] : [node.id === 'fc1' ? { ...node, op: 'maxout_linear' } : node],
    ),
    edges: spirals.edges.flatMap(({ from, to }) =>
      from === 'fc1.y' ? [] : [{ from: from.replace('relu', 'fc1'), to }],
    ),
  };
  const expand = ['fc1'];
  const size = '{norm(y)} {max(fc1.y)}';

  test('training is asked what stepping is asked', async () => {
    const stepped = bench();
    await open(stepped.engine, inside, 1, { expand });
    const wanted: number[][] = [];
    for (let i = 0; i < 3; i++) {
      await stepped.engine.control({ kind: i === 0 ? 'finish' : 'continue' });
      const piece = await stepped.numbers('fc1/piece1.y');
      wanted.push([norm(piece), Math.max(...(await stepped.numbers('fc1.y')))]);
    }
    const own = bench();
    await open(own.engine, inside, 1, { expand });
    const [facts] = await own.engine.setBreakpoints([{ path: 'fc1/piece1', ...always, log: size }]);
    expect(facts?.faults).toEqual([]);
    for (let i = 0; i < 3; i++) expect((await own.engine.train('iterate')).iteration).toBe(i + 1);
    const told = logOf(own).map(({ series }) => series.map(({ value }) => value));
    expect(told.map((values) => values[1])).toEqual(wanted.map((values) => values[1]));
    told.forEach((values, i) => {
      expect(values[0]).toBeCloseTo(wanted[i]?.[0] as number, 10);
    });
    expect(new Set(told.flat()).size).toBe(6);
  });

  test('it stops there, with and without a condition; headless at the same step', async () => {
    const breakpoints = [
      { id: 'asks', path: 'fc1/max1', phase: 'backward', enabled: true, condition: 'norm(grad(y)) > 0' },
      { id: 'plain', path: 'fc1/piece0', phase: 'backward', enabled: true },
    ] as const;
    const own = bench();
    await open(own.engine, inside, 1, { expand });
    await own.engine.setBreakpoints(breakpoints);
    const headless = createDebugging(inside, { breakpoints }).training;
    for (const id of ['asks', 'plain', 'asks', 'plain']) {
      await resumed(own);
      const state = own.events.findLast((event) => event.kind === 'session')?.state;
      expect(state?.hits?.map((hit) => hit.id)).toEqual([id]);
      let hit = headless?.iterate();
      while (!hit) hit = headless?.iterate();
      expect(state?.hits).toEqual([hit]);
    }
  });

  test('shut, it says how to come to it', async () => {
    const own = bench();
    await open(own.engine, inside);
    const facts = await own.engine.setBreakpoints([
      { path: 'fc1/piece1', ...always },
      { path: '', ...always, condition: 'any(isnan(fc1/piece1.y))' },
    ]);
    const how = ': `fc1` is computed as one, step inside it to open it';
    expect(facts.map(({ faults }) => faults[0]?.message)).toEqual([
      `there is no such node in the plan${how}`,
      `there is no value \`fc1/piece1.y\`${how}`,
    ]);
  });
});

describe('watches', () => {
  test('numbers where the session stands, pending before, with a history an iteration; tensors with their range', async () => {
    const { engine } = bench();
    await open(engine, example('xyz'));
    const set = await engine.setWatches([
      { id: 'q', expression: 'y', path: 'q' },
      { id: 'f', expression: 'f.y + iteration', path: '' },
      { id: 'bad', expression: 'q.w', path: '' },
    ]);
    expect(set.watches.map(({ state, fault }) => [state, fault?.message])).toEqual([
      ['pending', undefined],
      ['pending', undefined],
      ['fault', expect.stringContaining('there is no value `q.w`')],
    ]);
    await engine.control({ kind: 'step' });
    expect((await engine.watches()).watches.map(({ state, value }) => [state, value]).slice(0, 2)).toEqual([
      ['computed', 3],
      ['pending', Number.NaN],
    ]);
    await engine.control({ kind: 'finish' });
    for (let i = 0; i < 2; i++) await engine.control({ kind: 'continue' });
    const { watches, iteration } = await engine.watches();
    expect([iteration, watches[1]?.value]).toEqual([2, -10]);
    expect([...(watches[1]?.history.iterations ?? [])]).toEqual([0, 1, 2]);
    expect([...(watches[1]?.history.values ?? [])]).toEqual([-12, -11, -10]);
    // What stays keeps its history, in whatever order.
    const again = await engine.setWatches([{ id: 'f', expression: 'f.y + iteration', path: '' }]);
    expect(again.watches[0]?.history.values.length).toBe(3);
  });

  test('of a tensor mean, least and largest; while training, updates too', async () => {
    const own = bench();
    const report = await open(own.engine, spirals);
    const weight = Object.keys(report.values).find((value) => /^[a-z]\w*\.weight$/.test(value)) as string;
    await own.engine.setWatches([
      { id: 'w', expression: weight, path: '' },
      { id: 'u', expression: `norm(update(${weight}))`, path: '' },
    ]);
    for (let i = 0; i < 3; i++) await own.engine.train('iterate');
    const numbers = await own.numbers(weight);
    const [w, u] = (await own.engine.watches()).watches;
    expect(w?.shape).toEqual(report.values[weight]?.shape);
    expect(w?.range).toEqual({ min: Math.min(...numbers), max: Math.max(...numbers) });
    expect(w?.value).toBeCloseTo(numbers.reduce((sum, x) => sum + x, 0) / numbers.length, 12);
    expect([...(u?.history.iterations ?? [])]).toEqual([1, 2, 3]);
    const before = await own.numbers(weight);
    await own.engine.train('iterate');
    const after = await own.numbers(weight);
    const size = norm(after.map((x, i) => x - (before[i] as number)));
    expect(u?.history.values[2]).toBeCloseTo(size, 12);
  });
});
