// What overlays say of closed blocks and of wires into cells, on reports of the real engine.
import { expect, test } from 'vitest';
import { arrivingGradient } from '../../../src/app/overlays/arriving-gradient.ts';
import type { OverlayNode, OverlayScene } from '../../../src/app/overlays/canvas-overlay.ts';
import { account } from '../../../src/app/overlays/kinds/account.ts';
import { memory } from '../../../src/app/overlays/kinds/memory.ts';
import { units } from '../../../src/app/overlays/kinds/units.ts';
import type { CompileReport } from '../../../src/engine/protocol.ts';
import { bench, open } from '../../support/engines.ts';
import { example, graphOf } from '../../support/graphs.ts';

function sceneOf(report: CompileReport, paths: readonly string[], left: unknown = null): OverlayScene {
  const nodes = paths.map((path): OverlayNode => {
    const facts = report.nodes[path];
    if (!facts) throw new Error(`no node ${path}`);
    return { path, facts, value: Object.values(facts.outputs)[0] ?? '', gradient: null };
  });
  return { report, session: null, nodes, wires: [], summaries: {}, profile: null, left };
}

const inner = {
  inputs: [{ name: 'x' }],
  nodes: { fc: ['linear', { x: 'in.x' }, { out_features: 3 }] as const, act: ['relu', { x: 'fc.y' }] as const },
  outputs: { y: 'act.y' },
};

const nested = () =>
  graphOf({
    nodes: {
      x: ['input', {}, { shape: [2, 4] }, { value: [1, 2, 3, 4, -1, 1, -1, 1] }],
      outer: ['block', { x: 'x.y' }, {}, { block: 'outer' }],
      loss: ['sum', { x: 'outer.y' }],
    },
    blocks: {
      inner,
      outer: {
        inputs: [{ name: 'x' }],
        nodes: {
          one: ['block', { x: 'in.x' }, {}, { block: 'inner' }],
          two: ['block', { x: 'one.y' }, {}, { block: 'inner' }],
        },
        outputs: { y: 'two.y' },
      },
    },
    training: { loss: 'loss.y' },
  });

test('a closed block tells of all that is inside: dead units, bytes', async () => {
  const { engine } = bench();
  const report = await open(engine, nested());
  await engine.control({ kind: 'run_to_node', path: 'loss', phase: 'forward' });
  await engine.setElements('outer/two/fc.bias', [{ index: 1, value: -1000 }]);
  await engine.control({ kind: 'finish' });
  const facts = await engine.unitFacts();
  const alone = facts['outer/two/act'];
  expect(alone?.dead).toBeGreaterThanOrEqual(1);
  const scene = sceneOf(report, ['outer', 'x']);
  const told = units.read(scene, facts).nodes;
  const dead = (facts['outer/one/act']?.dead ?? 0) + (alone?.dead ?? 0);
  expect(told.get('outer')?.text).toContain(`${dead} of 6 dead`);
  expect(told.has('x')).toBe(false);

  // One linear layer of 4·3 + 3 numbers, one of 3·3 + 3; four values of 2·3; all with gradients, four bytes each.
  expect(memory.read(scene, null).nodes.get('outer')?.value).toBe(2 * 4 * (15 + 12 + 4 * 6));
});

test('parameters shared over time are counted once, the values of every step', async () => {
  const { engine } = bench();
  const report = await open(engine, example('char-lstm'));
  const [shut, open1] = ['rnn', 'rnn[3]/lstm'].map(
    (path) => memory.read(sceneOf(report, [path]), null).nodes.get(path)?.value ?? 0,
  );
  const cell = 4 * 128 * (32 + 128 + 2);
  const state = 16 * 128;
  expect(open1).toBe(2 * 4 * (cell + 2 * state));
  // y stacks h once more; in_x takes the sequence apart.
  expect(shut).toBeGreaterThanOrEqual(2 * 4 * (cell + 32 * 2 * state + 32 * state));
  expect(shut).toBeLessThan(2 * 4 * (2 * cell + 32 * 4 * state));
});

test('where nothing arrives any more an account says so', async () => {
  const { engine } = bench();
  const report = await open(engine, nested());
  await engine.setElements(
    'outer/two/fc.bias',
    [0, 1, 2].map((index) => ({ index, value: -1000 })),
  );
  await engine.control({ kind: 'finish' });
  const answer = await engine.gradientAccount('grad(x.y)');
  expect(answer?.verdict).toBe('zero');
  const told = account.read(sceneOf(report, ['outer/two/act', 'outer/one/act', 'outer'], answer), null).nodes;
  expect(told.get('outer/two/act')).toMatchObject({ short: '× 0', warning: true });
  expect(told.get('outer/one/act')?.text).toBe('nothing arrives');
  expect(told.get('outer')?.short).toBe('× 0');
});

test('into a cell’s h flows another gradient than into its output h', async () => {
  const { engine, numbers } = bench();
  const report = await open(engine, example('char-lstm'));
  await engine.control({ kind: 'finish' });
  const name = arrivingGradient(report, 'rnn[5]/lstm.h', 'rnn[4]/lstm.h');
  expect(name).toBe('grad(rnn[5]/lstm.h):in');
  // ∂L/∂h₄: what the next step sends back, and what the stacked output does.
  const [fromNext, fromStack, total] = await Promise.all([
    numbers('grad(rnn[5]/lstm.h):in'),
    numbers('grad(rnn.x4)'),
    numbers('grad(rnn[4]/lstm.h)'),
  ]);
  const off = total.map((sum, i) => Math.abs(sum - (fromNext[i] as number) - (fromStack[i] as number)));
  expect(Math.max(...off)).toBeLessThan(1e-7 * Math.max(...total.map(Math.abs)) + 1e-12);
  expect(fromNext).not.toEqual(await numbers('grad(rnn[5]/lstm.h)'));
  expect(arrivingGradient(report, 'fc.x', 'rnn.y')).toBe('grad(fc.x)');
  // The state that it begins with is nobody's: nothing flows back to it.
  expect(arrivingGradient(report, 'embed.x', 'text.y')).toBe(null);
  const told = await engine.explain({ name: 'grad(rnn[5]/lstm.h):in', index: 3 });
  expect(told).toMatchObject({ node: 'rnn[5]/lstm', kind: 'gradient', value: fromNext[3] });
  expect(told?.result).toBeCloseTo(fromNext[3] as number, 9);
  const account = await engine.gradientAccount('grad(rnn[5]/lstm.h):in');
  expect(account?.factors.at(-1)?.node).toBe('rnn[5]/lstm');
});
