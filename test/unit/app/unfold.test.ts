// A recurrence unfolded: its nodes and ports are those that the engine knows, and every state comes from the step before.
import { expect, test } from 'vitest';
import { openScope } from '../../../src/app/state/scope-graph.ts';
import { instancePath, type ScopeStep } from '../../../src/app/state/view-store.ts';
import { bench, open } from '../../support/engines.ts';
import { example, graphOf } from '../../support/graphs.ts';

test('every node of every time step is an instance of the program, wired as the program is', async () => {
  const graph = example('char-lstm');
  const { engine } = bench();
  const report = await open(engine, graph);
  const steps = report.nodes['rnn']?.steps as number;
  const scope: readonly ScopeStep[] = [{ node: 'rnn', kind: 'recurrence', time: 0, unfolded: steps }];
  const whole = openScope(graph, scope, {});
  if (whole === null) throw new Error('no scope');
  expect(whole.readOnly).toBe(true);
  expect(whole.nodes).toHaveLength(steps);
  for (const { id } of whole.nodes) expect(report.nodes[instancePath(scope, id)], id).toBeDefined();
  const ends = whole.edges.map(({ from, to }) => `${from} ${to}`);
  expect(ends).toContain('[0]/lstm.h [1]/lstm.h');
  expect(ends).toContain(`[${steps - 2}]/lstm.c [${steps - 1}]/lstm.c`);
  expect(ends).toContain('in.h [0]/lstm.h');
  expect(ends).not.toContain('in.h [1]/lstm.h');
  for (const { from, to } of whole.edges) {
    if (from.startsWith('in.') || to.startsWith('out.')) continue;
    const [given, taken] = [instancePath(scope, from), instancePath(scope, to)];
    const node = taken.slice(0, taken.lastIndexOf('.'));
    const port = taken.slice(taken.lastIndexOf('.') + 1);
    expect(report.nodes[node]?.inputs[port], taken).toBe(given);
  }
});

test('of a long sequence a window is drawn: any part of it, wired as the program is', async () => {
  const steps = 100;
  // A cell of several nodes, as one draws it oneself: h' = tanh(W x + U h + b).
  const attributes = { steps, scan: ['x'], carry: { h: 'h' }, stack: { y: 'h' }, last: { h_n: 'h' } };
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: [steps, 'N', 3] }],
      rnn: ['recurrence', { x: 'x.y' }, attributes, { block: 'cell' }],
    },
    blocks: {
      cell: {
        inputs: [{ name: 'x' }, { name: 'h', shape: ['N', 4] }],
        nodes: {
          wx: ['linear', { x: 'in.x' }, { out_features: 4 }],
          uh: ['linear', { x: 'in.h' }, { out_features: 4, bias: false }],
          sum: ['add', { a: 'wx.y', b: 'uh.y' }],
          act: ['tanh', { x: 'sum.y' }],
        },
        outputs: { h: 'act.y' },
      },
    },
  });
  const { engine } = bench();
  const report = await open(engine, graph);
  expect(report.nodes['rnn']?.steps).toBe(steps);
  const at = (first: number) => {
    const scope: readonly ScopeStep[] = [{ node: 'rnn', kind: 'recurrence', time: 0, unfolded: steps, first }];
    const whole = openScope(graph, scope, {});
    if (!whole?.window) throw new Error('no window');
    return { ...whole, window: whole.window, scope };
  };
  const { count } = at(0).window;
  expect(count).toBeGreaterThanOrEqual(30);
  expect(count).toBeLessThan(steps);
  for (const first of [0, 17, steps - count]) {
    const { window, nodes, edges, scope } = at(first);
    expect(window).toEqual({ first, count, steps });
    const drawn = Array.from({ length: count }, (_, i) => first + i);
    expect(new Set(nodes.map(({ id }) => id))).toEqual(
      new Set(drawn.flatMap((t) => ['wx', 'uh', 'sum', 'act'].map((id) => `[${t}]/${id}`))),
    );
    for (const { id } of nodes) expect(report.nodes[instancePath(scope, id)], id).toBeDefined();
    const ends = edges.map(({ from, to }) => `${from} ${to}`);
    // Every state comes from the step before; that of the first one drawn from the border.
    expect(ends.filter((end) => end.includes('/uh.x'))).toEqual(
      drawn.map((t) => (t === first ? `in.h [${t}]/uh.x` : `[${t - 1}]/act.y [${t}]/uh.x`)),
    );
    expect(ends.filter((end) => end.endsWith(' out.h'))).toEqual(drawn.map((t) => `[${t}]/act.y out.h`));
  }
  // Behind the end there is nothing more.
  expect(at(steps).window.first).toBe(steps - count);
  const short = openScope(graph, [{ node: 'rnn', kind: 'recurrence', time: 0, unfolded: 5, first: 3 }], {});
  expect(short?.window).toEqual({ first: 0, count: 5, steps: 5 });
});

test('inside an operator of one time step the path goes on from there', () => {
  const scope: readonly ScopeStep[] = [
    { node: 'rnn', kind: 'recurrence', time: 0, unfolded: 4 },
    { node: '[2]/lstm', kind: 'expansion' },
  ];
  expect(instancePath(scope, 'gate')).toBe('rnn[2]/lstm/gate');
});
