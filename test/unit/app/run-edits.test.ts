// Edits of the run among those of the graph, with the engine itself behind them: each is undone and done again, and one that the
// engine cannot take back is told and leaves the undo stack, so that the one before it is next.
import { expect, test } from 'vitest';
import { createDocumentStore, type RunEdit } from '../../../src/app/state/document-store.ts';
import { createNotices } from '../../../src/app/state/notices.ts';
import { doAgain, editRun, takeBack } from '../../../src/app/state/run-edits.ts';
import type { Workbench } from '../../../src/app/state/workbench.ts';
import type { EngineApi } from '../../../src/engine/protocol.ts';
import { bench, open } from '../../support/engines.ts';
import { spirals } from '../../support/halts.ts';

async function page() {
  const first = bench();
  await open(first.engine, spirals);
  const own = { engine: first.engine, numbers: first.numbers };
  const move = async (question: (api: EngineApi) => Promise<unknown>) => void (await question(own.engine));
  const link = { move } as unknown as Workbench['link'];
  const document = createDocumentStore(spirals);
  const notices = createNotices();
  const parts = { link, document, notices };
  const undone = () => document.undo() as RunEdit;
  return {
    ...parts,
    set: (index: number, value: number) =>
      editRun(parts, { kind: 'elements', name: 'fc1.bias', changes: [{ index, value }] }),
    undo: () => takeBack(parts, undone()),
    redo: () => doAgain(parts, document.redo() as RunEdit),
    bias: async () => (await own.numbers('fc1.bias')).slice(0, 3),
    left: () => {
      const { undo, redo } = document.store.getState().history;
      return [undo.length, redo.length];
    },
    told: () => notices.store.getState().list.map(({ text }) => text),
    /** As after a crash: the same graph, and nothing of what was done. */
    async restart() {
      const next = bench();
      await open(next.engine, spirals);
      own.engine = next.engine;
      own.numbers = next.numbers;
    },
  };
}

test('each is taken back and done again by itself', async () => {
  const { set, undo, redo, bias, left, told } = await page();
  await set(0, 5);
  await set(1, 6);
  expect(await bias()).toEqual([5, 6, 0]);
  await undo();
  expect(await bias()).toEqual([5, 0, 0]);
  await undo();
  expect(await bias()).toEqual([0, 0, 0]);
  await redo();
  await redo();
  expect(await bias()).toEqual([5, 6, 0]);
  await undo();
  expect([await bias(), left()]).toEqual([
    [5, 0, 0],
    [1, 1],
  ]);
  expect(told()).toEqual([]);
});

test('of an engine that is gone: told, and never in the way of those of the next one', async () => {
  const { set, undo, redo, bias, left, told, restart } = await page();
  await set(0, 5);
  await set(1, 6);
  await restart();
  await set(2, 7);
  expect(await bias()).toEqual([0, 0, 7]);
  await undo();
  expect([await bias(), left(), told()]).toEqual([[0, 0, 0], [2, 1], []]);
  await undo();
  expect([await bias(), left()]).toEqual([
    [0, 0, 0],
    [1, 1],
  ]);
  expect(told()).toEqual(['“change fc1.bias” cannot be undone any more']);
  // What is done again is the next engine's, and taken back there.
  await redo();
  expect(await bias()).toEqual([0, 0, 7]);
  await undo();
  expect([await bias(), left()]).toEqual([
    [0, 0, 0],
    [1, 1],
  ]);
});

test('done again where its value is not there: told, and no entry that would undo nothing', async () => {
  const { set, undo, redo, left, told, link, bias } = await page();
  await set(0, 5);
  await undo();
  const { nodes } = spirals;
  const other = nodes.map((node) => (node.id === 'fc1' ? { ...node, id: 'fc9' } : node));
  const edges = spirals.edges.map(({ from, to }) => ({
    from: from.replace('fc1.', 'fc9.'),
    to: to.replace('fc1.', 'fc9.'),
  }));
  await link.move(async (api) => {
    await api.open({ graph: { ...spirals, nodes: other, edges }, revision: 2, fresh: true });
    return api.session();
  });
  await redo();
  expect(left()).toEqual([0, 0]);
  expect(told()).toEqual(['“change fc1.bias” cannot be done again here']);
  await expect(bias()).rejects.toThrow('fc1.bias');
});
