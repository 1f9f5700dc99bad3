// A recurrence unfolded: its nodes and ports are those that the engine knows, and every state comes from the step before.
import { expect, test } from 'vitest';
import { openScope } from '../../../src/app/state/scope-graph.ts';
import { instancePath, type ScopeStep } from '../../../src/app/state/view-store.ts';
import { bench, open } from '../../support/engines.ts';
import { example } from '../../support/graphs.ts';

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

test('inside an operator of one time step the path goes on from there', () => {
  const scope: readonly ScopeStep[] = [
    { node: 'rnn', kind: 'recurrence', time: 0, unfolded: 4 },
    { node: '[2]/lstm', kind: 'expansion' },
  ];
  expect(instancePath(scope, 'gate')).toBe('rnn[2]/lstm/gate');
});
