import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stepCommand } from '../../../src/app/commands/step.ts';
import type { KeptDocument } from '../../../src/app/state/autosave.ts';
import { emptyGraph } from '../../../src/app/state/empty-graph.ts';
import { isStale } from '../../../src/app/state/session-store.ts';
import { createWorkbench, type Workbench } from '../../../src/app/state/workbench.ts';
import { addNode } from '../../../src/graph/edits/add-node.ts';
import { moveNodes } from '../../../src/graph/edits/move.ts';
import { setFile } from '../../../src/graph/edits/set-file.ts';
import { setAttribute } from '../../../src/graph/edits/set-node.ts';
import { createFakeEngine, type FakeEngine, stepsOf } from './support/fake-engine.ts';

let engine: FakeEngine;
let workbench: Workbench;
let kept: KeptDocument[];

beforeEach(() => {
  vi.useFakeTimers();
  engine = createFakeEngine();
  kept = [];
  workbench = createWorkbench({
    createClient: engine.createClient,
    keeper: {
      keep: async (document) => void kept.push(document),
      keepAtOnce: (document) => void kept.push(document),
      recall: async () => undefined,
    },
  });
});

afterEach(() => {
  workbench.dispose();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(1000);
const add = (op: string) => workbench.edit(`add ${op}`, (draft) => addNode(draft, '', { op, position: [0, 0] }));

describe('the way to the engine', () => {
  test('many edits in a row are compiled once, and then run forward and backward but not into the update', async () => {
    engine.steps = stepsOf('f a', 'f b', 'b b', 'b a', 'u a');
    add('relu');
    add('tanh');
    add('exp');
    await settle();
    expect(engine.calls.filter((call) => call.startsWith('open'))).toHaveLength(1);
    expect(engine.opened.at(-1)?.graph.nodes.map((node) => node.op)).toEqual(['relu', 'tanh', 'exp']);
    expect(engine.calls).toContain('run_to 4');
    expect(workbench.session.getState().session?.cursor).toBe(4);
  });

  test('ready is what stands where it is to stand; values of its first step are neither asked for nor shown', async () => {
    engine.steps = stepsOf('f a', 'f b', 'b b', 'b a');
    let open: () => void = () => undefined;
    engine.breakpointGate = new Promise((resolve) => {
      open = resolve;
    });
    const ready: (number | undefined)[] = [];
    const stop = workbench.session.subscribe((data) => {
      if (data.run.kind === 'ready' && !isStale(data)) ready.push(data.session?.cursor);
    });
    add('relu');
    await settle();
    // What is visible is known as soon as it is compiled.
    workbench.link.watch('canvas', [{ name: 'a.y', example: 0 }]);
    await settle();
    expect(workbench.session.getState().report).not.toBeNull();
    expect(engine.calls.filter((call) => /^(run_to|summaries)/.test(call))).toEqual([]);
    expect(ready).toEqual([]);
    open();
    await settle();
    stop();
    expect(engine.calls.filter((call) => /^(run_to|summaries)/.test(call))).toEqual(['run_to 4', 'summaries a.y']);
    expect(workbench.session.getState().summaries['a.y']).toMatchObject({ min: 4 });
    expect(new Set(ready)).toEqual(new Set([4]));
  });

  test.each([
    ['a step', (page: Workbench) => page.link.control({ kind: 'step' }), 'step'],
    ['training', (page: Workbench) => page.link.train('start'), 'train start'],
    ['an edit of the run', (page: Workbench) => page.link.move((api) => api.control({ kind: 'restart' })), 'restart'],
    ['new parameters', (page: Workbench) => page.link.reset(), 'reset'],
  ] as const)('%s that is asked for just after an edit finds the graph as it was edited', async (_, ask, call) => {
    engine.steps = stepsOf('f a', 'b a');
    add('relu');
    await settle();
    engine.calls.length = 0;
    add('tanh');
    void ask(workbench);
    await settle();
    const { wanted } = workbench.session.getState();
    const commands = engine.calls.filter((each) => /^(open|train|reset|step|restart)/.test(each));
    expect(commands).toEqual([`open ${wanted}`, call]);
  });

  test('a step that is asked for while an edit is compiled is taken, and comes behind it', async () => {
    engine.steps = stepsOf('f a', 'b a');
    add('relu');
    await settle();
    let open: () => void = () => undefined;
    engine.gate = new Promise((resolve) => {
      open = resolve;
    });
    add('tanh');
    await vi.advanceTimersByTimeAsync(200);
    expect(workbench.session.getState().run.kind).toBe('compiling');
    expect(stepCommand.enabled(workbench)).toBe(true);
    void stepCommand.run(workbench);
    // What is drawn meanwhile comes first, too.
    add('exp');
    engine.calls.length = 0;
    open();
    await settle();
    const { wanted } = workbench.session.getState();
    expect(engine.calls.filter((each) => /^(open|step)/.test(each))).toEqual([`open ${wanted}`, 'step']);
  });

  test('after an edit the run stands where it stood, and behind an iteration that was finished before the updates of the next', async () => {
    engine.steps = stepsOf('f a', 'f b', 'b b', 'b a', 'u a');
    add('relu');
    await settle();
    const standAt = (step: number) => workbench.link.control({ kind: 'run_to', step });
    const afterEdit = async () => {
      engine.calls.length = 0;
      add('tanh');
      await settle();
      return engine.calls.filter((each) => each.startsWith('run_to'));
    };
    await standAt(2);
    expect(await afterEdit()).toEqual(['run_to 2']);
    await standAt(5);
    expect(await afterEdit()).toEqual(['run_to 4']);
    await standAt(0);
    expect(await afterEdit()).toEqual([]);
  });

  test('a page that is loaded anew stands where it was left, unless the iteration has other steps now', async () => {
    engine.steps = stepsOf('f a', 'f b', 'b b', 'b a', 'u a');
    add('relu');
    await settle();
    await workbench.link.control({ kind: 'run_to', step: 2 });
    await settle();
    const left = kept.at(-1);
    const reopened = async (): Promise<readonly string[]> => {
      const next = createWorkbench({ createClient: engine.createClient });
      engine.calls.length = 0;
      next.load(left?.graph ?? emptyGraph(), { view: left?.view });
      await settle();
      next.dispose();
      return engine.calls.filter((each) => each.startsWith('run_to'));
    };
    expect(await reopened()).toEqual(['run_to 2']);
    engine.steps = stepsOf('f a', 'f b', 'f c', 'b c', 'b b', 'b a', 'u a');
    expect(await reopened()).toEqual(['run_to 6']);
  });

  test('how far a command is counts while it is under way: told after its answer it is nothing', async () => {
    engine.steps = stepsOf('f a', 'b a');
    add('relu');
    await settle();
    const told = () => engine.emit({ kind: 'search', id: 0, share: 0.5, iteration: 3 });
    const seen: (number | undefined)[] = [];
    const stop = workbench.session.subscribe(({ run }, before) => {
      if (run.kind !== 'running' || run.kind === before.run.kind) return;
      queueMicrotask(() => {
        told();
        seen.push(workbench.session.getState().replay?.iteration);
      });
    });
    await workbench.link.control({ kind: 'restart' });
    stop();
    expect(seen).toEqual([3]);
    expect(workbench.session.getState().replay).toBeNull();
    told();
    expect(workbench.session.getState().replay).toBeNull();
  });

  test('places and names are nothing to the engine', async () => {
    const id = add('relu');
    await settle();
    const opened = engine.opened.length;
    workbench.edit('move', (draft) => moveNodes(draft, '', { [id]: [50, 60] }));
    workbench.edit('rename', (draft) => setFile(draft, { name: 'Other' }));
    await settle();
    expect(engine.opened).toHaveLength(opened);
    workbench.edit('seed', (draft) => setFile(draft, { seed: 7 }));
    await settle();
    expect(engine.opened).toHaveLength(opened + 1);
  });

  test('an answer to an older graph is dropped, and what is shown meanwhile counts as out of date', async () => {
    add('exp');
    await settle();
    let open: () => void = () => undefined;
    engine.gate = new Promise((resolve) => {
      open = resolve;
    });
    add('relu');
    await settle();
    expect(isStale(workbench.session.getState())).toBe(true);
    add('tanh');
    open();
    await settle();
    const { report, wanted } = workbench.session.getState();
    expect(report?.revision).toBe(wanted);
    expect(engine.opened.at(-1)?.graph.nodes).toHaveLength(3);
    expect(isStale(workbench.session.getState())).toBe(false);
  });

  test('after an edit the run stands where the user had brought it', async () => {
    engine.steps = stepsOf('f a', 'f b', 'b b', 'b a');
    add('exp');
    await settle();
    await workbench.link.control({ kind: 'restart' });
    await workbench.link.control({ kind: 'step' });
    expect(workbench.session.getState().session?.cursor).toBe(1);
    add('relu');
    await settle();
    expect(workbench.session.getState().session?.cursor).toBe(1);
    // Another graph begins anew.
    workbench.load(workbench.document.store.getState().graph);
    await settle();
    expect(workbench.session.getState().session?.cursor).toBe(4);
  });

  test('a graph that cannot run shows no numbers', async () => {
    add('relu');
    await settle();
    workbench.link.watch('canvas', [{ name: 'a.y', example: 0 }]);
    await settle();
    expect(Object.keys(workbench.session.getState().summaries)).toEqual(['a.y']);
    engine.runnable = false;
    add('tanh');
    await settle();
    expect(workbench.session.getState().summaries).toEqual({});
    expect(workbench.session.getState().run).toEqual({ kind: 'ready', runnable: false });
  });

  test('only what is visible is asked for, once, and again after a step', async () => {
    engine.steps = stepsOf('f a', 'f b');
    add('exp');
    await settle();
    workbench.link.watch('canvas', [{ name: 'a.y', example: 0, thumbnail: { width: 8, height: 8 } }]);
    workbench.link.watch('inspector', [
      { name: 'a.y', example: 0, histogramBins: 10 },
      { name: 'b.y', example: 0 },
    ]);
    await settle();
    workbench.link.watch('canvas', [{ name: 'a.y', example: 0, thumbnail: { width: 8, height: 8 } }]);
    await settle();
    const asked = () => engine.calls.filter((call) => call.startsWith('summaries'));
    expect(asked()).toEqual(['summaries a.y b.y']);
    await workbench.link.control({ kind: 'restart' });
    await settle();
    expect(asked()).toHaveLength(2);
    expect(workbench.session.getState().summaries['a.y']?.mean).toBe(0);
  });

  test('a dead worker is started again with the same graph, and said so; one that keeps dying is given up', async () => {
    add('relu');
    await settle();
    engine.crash();
    await settle();
    expect(engine.clients).toBe(2);
    expect(engine.opened.at(-1)?.graph.nodes.map((node) => node.op)).toEqual(['relu']);
    expect(workbench.notices.store.getState().list.map(({ kind }) => kind)).toEqual(['warning']);
    engine.crash();
    engine.crash();
    engine.crash();
    expect(workbench.session.getState().run).toEqual({ kind: 'gone' });
    // A change of the graph tries once more.
    add('tanh');
    await settle();
    expect(workbench.session.getState().run.kind).toBe('ready');
  });

  test('of what is told of training the newest counts, whichever way it comes', async () => {
    engine.steps = stepsOf('f a', 'b a');
    add('relu');
    await settle();
    const state = (order: number, status: 'running' | 'finished', iteration: number, revision = 1) => ({
      revision,
      order,
      status,
      epoch: 1,
      epochs: 1,
      iteration,
      iterationsPerEpoch: 9,
      loss: 1,
      metrics: {},
      examplesPerSecond: 1,
      diagnostics: [],
    });
    const point = (iteration: number) => ({ iteration, epoch: 1, split: 'train', loss: 1, metrics: {} }) as const;
    // It has ended before the answer to its start comes: the answer is of order 1.
    engine.trainingTells = { kind: 'training', state: state(2, 'finished', 9), points: [point(9)] };
    await workbench.link.train('start');
    expect(workbench.session.getState().training?.status).toBe('finished');
    engine.emit({ kind: 'training', state: state(1, 'running', 5), points: [point(5)] });
    expect(workbench.session.getState().training).toMatchObject({ status: 'finished', iteration: 9 });
    expect(workbench.session.getState().curves.map(({ iteration }) => iteration)).toEqual([9, 5]);
    // Nor is it told of the graph before.
    engine.emit({ kind: 'training', state: state(3, 'running', 6, 0), points: [] });
    expect(workbench.session.getState().training?.status).toBe('finished');
  });

  test('curves begin anew with a new training', async () => {
    await settle();
    const state = (iteration: number) =>
      ({
        revision: 1,
        order: 1,
        status: 'running',
        epoch: 1,
        epochs: 2,
        iteration,
        iterationsPerEpoch: 9,
        loss: 1,
        metrics: {},
        examplesPerSecond: 1,
        diagnostics: [],
      }) as const;
    const point = (iteration: number) => ({ iteration, epoch: 1, split: 'train', loss: 1, metrics: {} }) as const;
    engine.emit({ kind: 'training', state: state(10), points: [point(5), point(10)] });
    engine.emit({ kind: 'training', state: state(20), points: [point(20)] });
    expect(workbench.session.getState().curves.map(({ iteration }) => iteration)).toEqual([5, 10, 20]);
    engine.emit({ kind: 'training', state: state(5), points: [point(5)] });
    expect(workbench.session.getState().curves.map(({ iteration }) => iteration)).toEqual([5]);
  });
});

describe('the document', () => {
  test('undo and redo, and a gesture as one entry', () => {
    const id = add('relu');
    const { document } = workbench;
    const place = () => document.store.getState().graph.nodes[0]?.position;
    document.beginGesture('drag');
    for (const x of [10, 20, 30]) workbench.edit('move', (draft) => moveNodes(draft, '', { [id]: [x, 0] }));
    document.endGesture();
    expect(place()).toEqual([30, 0]);
    document.undo();
    expect(place()).toEqual([0, 0]);
    document.undo();
    expect(document.store.getState().graph.nodes).toEqual([]);
    document.redo();
    document.redo();
    expect(place()).toEqual([30, 0]);
    expect(document.store.getState().history.undo.map(({ label }) => label)).toEqual(['add relu', 'drag']);
  });

  test('what was drawn is kept a second later, with breakpoints and camera but without the selection', async () => {
    const id = add('relu');
    workbench.look({ selection: [id], breakpoints: [{ path: id, phase: 'forward', enabled: true }] });
    await settle();
    expect(kept.at(-1)?.graph.nodes).toHaveLength(1);
    expect(kept.at(-1)?.view).toMatchObject({ breakpoints: [{ path: 'relu1' }] });
    expect(kept.at(-1)?.view).not.toHaveProperty('selection');
    expect(workbench.document.store.getState().saved).toBe('saved');
  });

  test('the selection does not name what is gone', () => {
    const id = add('relu');
    workbench.look({ selection: [id] });
    workbench.document.undo();
    expect(workbench.view.getState().selection).toEqual([]);
  });

  test('two workbenches do not know of each other', async () => {
    const other = createWorkbench({ createClient: createFakeEngine().createClient });
    add('relu');
    other.edit('add', (draft) => setAttribute(draft, '', 'none', 'a', 1));
    await settle();
    expect(other.document.store.getState().graph.nodes).toEqual([]);
    expect(workbench.document.store.getState().graph.nodes).toHaveLength(1);
    other.dispose();
  });
});
