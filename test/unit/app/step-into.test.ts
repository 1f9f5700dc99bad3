// Stepping into: opens what can be opened, goes where the run is, and else is one step; it never stands still.
import { expect, test } from 'vitest';
import { stepIntoCommand } from '../../../src/app/commands/step-into.ts';
import { stepIntoBackCommand } from '../../../src/app/commands/step-into-back.ts';
import { stepOutCommand } from '../../../src/app/commands/step-out.ts';
import { levelOf } from '../../../src/app/commands/support/level-of.ts';
import { nextStep } from '../../../src/app/state/session-store.ts';
import { instancePath } from '../../../src/app/state/view-store.ts';
import { createWorkbench, type Workbench } from '../../../src/app/state/workbench.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineEvent } from '../../../src/engine/protocol.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { graphOf, registry } from '../../support/graphs.ts';

/** The page's state on an engine in the same process. */
async function withEngine(graph: GraphFile, ask: (workbench: Workbench) => Promise<void>): Promise<void> {
  const workbench = createWorkbench({
    createClient: () => {
      const listeners = new Set<(event: EngineEvent) => void>();
      const api = createEngine({ registry, emit: (event) => void [...listeners].map((tell) => tell(event)) });
      return {
        api,
        onEvent(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
        onCrash: () => () => undefined,
        dispose: () => undefined,
        crashForTest: () => undefined,
      };
    },
    keeper: { keep: async () => undefined, keepAtOnce: () => undefined, recall: async () => undefined },
  });
  try {
    workbench.load(graph);
    await settled(workbench);
    await ask(workbench);
  } finally {
    workbench.dispose();
  }
}

/** Compiled, what is looked into opened, and the run where it is to stand. */
async function settled({ session, view }: Workbench): Promise<void> {
  const state = () => {
    const { run, report, wanted } = session.getState();
    const { scope } = view.getState();
    const path = instancePath(scope, '');
    const isOpen =
      scope.at(-1)?.kind !== 'expansion' || Object.keys(report?.nodes ?? {}).some((each) => each.startsWith(path));
    return { run: run.kind, current: report?.revision === wanted, open: isOpen || path };
  };
  await expect.poll(state, { timeout: 20_000, interval: 5 }).toEqual({ run: 'ready', current: true, open: true });
}

const nested = () =>
  graphOf({
    nodes: {
      x: ['input', {}, { shape: [2, 4] }, { value: [1, 2, 3, 4, -1, 1, -1, 1] }],
      outer: ['block', { x: 'x.y' }, {}, { block: 'outer' }],
      fc: ['linear', { x: 'outer.y' }, { out_features: 3 }],
      loss: ['sum_square', { x: 'fc.y' }],
    },
    blocks: {
      inner: {
        inputs: [{ name: 'x' }],
        nodes: { fc: ['linear', { x: 'in.x' }, { out_features: 4 }], act: ['relu', { x: 'fc.y' }] },
        outputs: { y: 'act.y' },
      },
      outer: {
        inputs: [{ name: 'x' }],
        nodes: { pre: ['tanh', { x: 'in.x' }], inner: ['block', { x: 'pre.y' }, {}, { block: 'inner' }] },
        outputs: { y: 'inner.y' },
      },
    },
    training: { loss: 'loss.y', batch: 2 },
  });

test.each([['blocks in blocks', nested, ['outer', 'outer/inner', 'outer/inner/fc', 'fc']]] as const)(
  'F11 goes through a whole iteration, into everything that opens: %s',
  async (_, graph, opens) => {
    await withEngine(graph(), async (workbench) => {
      const { session, view, link } = workbench;
      await link.control({ kind: 'restart' });
      const seen = new Set<string>();
      const visited = new Set<string>();
      const before = (): string => {
        const { session: state, report } = session.getState();
        return JSON.stringify([state?.iteration, state?.cursor, report?.steps.length, view.getState().scope]);
      };
      const iteration = session.getState().session?.iteration ?? 0;
      for (let i = 0; i < 300 && (session.getState().session?.iteration ?? 0) === iteration; i++) {
        const place = before();
        expect(seen, `stands still at ${place}`).not.toContain(place);
        seen.add(place);
        await stepIntoCommand.run(workbench);
        await settled(workbench);
        const { scope } = view.getState();
        const path = scope.map(({ node, time }) => (time === undefined ? node : `${node}[${time}]`)).join('/');
        visited.add(path);
      }
      expect(session.getState().session?.iteration).toBe(iteration + 1);
      for (const path of opens)
        expect(
          [...visited].some((each) => each.startsWith(path)),
          path,
        ).toBe(true);
    });
  },
  60_000,
);

test('out of a block, and back out of what is looked at, the canvas goes along', async () => {
  await withEngine(nested(), async (workbench) => {
    const { session, view, link } = workbench;
    const scope = () =>
      view
        .getState()
        .scope.map(({ node }) => node)
        .join('/');
    await link.control({ kind: 'restart' });
    await link.control({ kind: 'run_to_node', path: 'outer/pre', phase: 'forward' });
    await stepIntoCommand.run(workbench);
    expect(scope()).toBe('outer/inner');
    await stepOutCommand.run(workbench);
    expect(nextStep(session.getState())?.node).toBe('fc');
    expect(scope()).toBe('');
    await workbench.enter('outer');
    await link.control({ kind: 'run_to_node', path: 'fc', phase: 'forward' });
    await stepIntoBackCommand.run(workbench);
    expect(nextStep(session.getState())?.node).toBe('fc');
    expect(scope()).toBe('');
  });
}, 60_000);

test('a second F11 on the heels of the first is a step inside, not the way back out', async () => {
  await withEngine(nested(), async (workbench) => {
    const { session, view, link } = workbench;
    await link.control({ kind: 'run_to_node', path: 'outer/inner/act', phase: 'forward' });
    await workbench.reveal('fc');
    await stepIntoCommand.run(workbench);
    await stepIntoCommand.run(workbench);
    await settled(workbench);
    expect(view.getState().scope.map(({ node }) => node)).toEqual(['fc']);
    expect(nextStep(session.getState())?.node).toMatch(/^fc\//);
  });
}, 60_000);

test('where a step stands: on the level that is looked at, folded and unfolded', () => {
  const at = (node: string, ...scope: Parameters<typeof levelOf>[1]) => levelOf(node, scope);
  expect(at('fc')).toEqual({ where: 'here', id: 'fc' });
  expect(at('rnn[3]/cell')).toMatchObject({ where: 'deeper' });
  const rnn = { node: 'rnn', kind: 'recurrence', time: 3 } as const;
  expect(at('rnn[3]/cell', rnn)).toEqual({ where: 'here', id: 'cell' });
  expect(at('rnn[4]/cell', rnn).where).toBe('elsewhere');
  expect(at('rnn/in_x', rnn).where).toBe('elsewhere');
  expect(at('rnn[3]/cell/f', rnn).where).toBe('deeper');
  const unfolded = { ...rnn, unfolded: 8 };
  expect(at('rnn[4]/cell', unfolded)).toEqual({ where: 'here', id: '[4]/cell' });
  expect(at('rnn[4]/cell/f', unfolded).where).toBe('deeper');
  expect(at('rnn/in_x', unfolded).where).toBe('elsewhere');
});
