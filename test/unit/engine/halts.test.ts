// Breakpoints, log points and watches in the engine while stepping, both ways, and inside nodes that are opened. Truth: the same
// iterations stepped through without any of them, numbers read and compared here.
import { describe, expect, test } from 'vitest';
import type { EngineApi } from '../../../src/engine/protocol.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { createDebugging } from '../../../src/library/debugging.ts';
import { bench, open } from '../../support/engines.ts';
import { example } from '../../support/graphs.ts';
import { always, hitsOf, logOf, norm, resumed, spirals } from '../../support/halts.ts';

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

  test('all that stop at one place are told, each with its count', async () => {
    const { engine } = await xyz([
      { id: 'one', path: 'q', ...always, condition: 'y == 3' },
      { id: 'other', path: 'q', ...always, condition: 'y < 4' },
      { id: 'not', path: 'q', ...always, condition: 'y > 4' },
    ]);
    const hits = await hitsOf(engine.control({ kind: 'continue' }));
    expect(hits.map(({ id, cursor, count }) => [id, cursor, count])).toEqual([
      ['one', 1, 1],
      ['other', 1, 1],
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
