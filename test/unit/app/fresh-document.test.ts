// Parameters trained in one document must not turn up in another that happens to call its nodes the same.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyGraph } from '../../../src/app/state/empty-graph.ts';
import { createWorkbench } from '../../../src/app/state/workbench.ts';
import { addNode } from '../../../src/graph/edits/add-node.ts';
import { createFakeEngine } from './support/fake-engine.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the engine is told when it is given another document, and not when the same one changed', async () => {
  const engine = createFakeEngine();
  const workbench = createWorkbench({ createClient: engine.createClient });
  const settle = () => vi.advanceTimersByTimeAsync(1000);
  const add = (op: string) => workbench.edit(op, (draft) => addNode(draft, '', { op, position: [0, 0] }));
  add('relu');
  await settle();
  add('tanh');
  await settle();
  workbench.load(emptyGraph());
  await settle();
  add('exp');
  await settle();
  const fresh = engine.opened.map((request) => request.fresh === true);
  expect(fresh.filter(Boolean)).toHaveLength(1);
  expect(fresh.at(-1)).toBe(false);
  expect(engine.opened.find((request) => request.fresh)?.graph.nodes).toEqual([]);
  workbench.dispose();
});
