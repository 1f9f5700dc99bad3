// The debugger through the engine's contract: breakpoints, runs to places, what an edit keeps and what it starts anew.
import { describe, expect, test } from 'vitest';
import type { CompileReport, ControlCommand } from '../../../src/engine/protocol.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { type GraphSketch, graphOf } from '../../support/graphs.ts';

const layers: GraphSketch = {
  nodes: {
    x: ['input', {}, { shape: ['N', 3] }],
    a: ['linear', { x: 'x.y' }, { out_features: 4 }],
    bn: ['batch_norm', { x: 'a.y' }],
    b: ['linear', { x: 'bn.y' }, { out_features: 2 }],
    loss: ['mse_loss', { x: 'b.y' }],
  },
  training: { loss: 'loss.y', batch: 4, optimizer: { kind: 'momentum', lr: 0.1 } },
};

const recurrent: GraphSketch = {
  nodes: {
    x: ['input', {}, { shape: [4, 'N', 2] }],
    rnn: [
      'recurrence',
      { x: 'x.y' },
      { steps: 4, scan: ['x'], carry: { h: 'h', c: 'c' }, stack: { y: 'h' }, last: {} },
      { block: 'cell' },
    ],
    loss: ['mse_loss', { x: 'rnn.y' }],
  },
  blocks: {
    cell: {
      inputs: [{ name: 'x' }, { name: 'h', shape: ['N', 3] }, { name: 'c', shape: ['N', 3] }],
      nodes: { lstm: ['lstm_cell', { x: 'in.x', h: 'in.h', c: 'in.c' }, { hidden_size: 3 }] },
      outputs: { h: 'lstm.h', c: 'lstm.c' },
    },
  },
  training: { loss: 'loss.y', batch: 2 },
};

async function stand(
  sketch: GraphSketch,
): Promise<Bench & { report: CompileReport; go(command: ControlCommand): Promise<string> }> {
  const own = bench();
  const report = await open(own.engine, graphOf(sketch));
  return {
    ...own,
    report,
    /** Where it stands: `iteration phase node (why)`, the next step's names. */
    async go(command) {
      const { cursor, iteration, stoppedBy } = await own.engine.control(command);
      const next = report.steps[cursor];
      return `${iteration} ${next ? `${next.phase} ${next.node}` : '–'} (${stoppedBy})`;
    },
  };
}

const breakpoint = (path: string, phase: 'forward' | 'backward' | 'update') => ({ path, phase, enabled: true });

describe('breakpoints', () => {
  test('stop before the step, in the phase they name, and again in the next iteration', async () => {
    const { engine, go } = await stand(layers);
    await engine.setBreakpoints([breakpoint('bn', 'forward'), breakpoint('a', 'backward'), breakpoint('b', 'update')]);
    expect(await go({ kind: 'continue' })).toBe('0 forward bn (breakpoint)');
    expect(await go({ kind: 'continue' })).toBe('0 backward a (breakpoint)');
    expect(await go({ kind: 'continue' })).toBe('0 update b (breakpoint)');
    expect(await go({ kind: 'continue' })).toBe('0 – (end)');
    expect(await go({ kind: 'continue' })).toBe('1 forward bn (breakpoint)');
    expect(await go({ kind: 'finish' })).toBe('1 – (end)');
  });

  test('on the first step they stop every iteration but the one that stands there', async () => {
    const { engine, go } = await stand(layers);
    await engine.setBreakpoints([breakpoint('a', 'forward')]);
    expect(await go({ kind: 'continue' })).toBe('0 – (end)');
    expect(await go({ kind: 'continue' })).toBe('1 forward a (breakpoint)');
    expect(await go({ kind: 'continue' })).toBe('1 – (end)');
    expect(await go({ kind: 'reverse_continue' })).toBe('1 forward a (breakpoint)');
  });

  test('switched off they let pass', async () => {
    const { engine, go } = await stand(layers);
    await engine.setBreakpoints([{ ...breakpoint('bn', 'forward'), enabled: false }]);
    expect(await go({ kind: 'continue' })).toBe('0 – (end)');
  });

  test('inside a recurrence: at every time step, or at one', async () => {
    const { engine, go } = await stand(recurrent);
    await engine.setBreakpoints([breakpoint('rnn/lstm', 'forward')]);
    for (const t of [0, 1, 2, 3]) expect(await go({ kind: 'continue' })).toBe(`0 forward rnn[${t}]/lstm (breakpoint)`);
    expect(await go({ kind: 'continue' })).toBe('0 – (end)');
    await engine.setBreakpoints([breakpoint('rnn[2]/lstm', 'backward')]);
    expect(await go({ kind: 'reverse_continue' })).toBe('0 backward rnn[2]/lstm (breakpoint)');
    expect(await go({ kind: 'reverse_continue' })).toMatch(/^0 forward .* \(start\)$/);
  });
});

describe('ways through an iteration', () => {
  test('single steps, and back over the start of an iteration', async () => {
    const { go, report, numbers } = await stand(layers);
    const weights = await numbers('a.weight');
    for (let i = 0; i < report.steps.length; i++) await go({ kind: 'step' });
    expect(await numbers('a.weight')).not.toEqual(weights);
    const trained = await numbers('a.weight');
    expect(await go({ kind: 'step' })).toBe('1 forward bn (step)');
    expect(await go({ kind: 'step_back' })).toBe('1 forward a (start)');
    expect(await go({ kind: 'step_back' })).toBe('0 – (end)');
    expect(await numbers('a.weight')).toEqual(trained);
    expect(await go({ kind: 'restart' })).toBe('0 forward a (start)');
    expect(await numbers('a.weight')).toEqual(weights);
  });

  test('to a step, to a node, to a node in a phase, and round to the next iteration', async () => {
    const { go } = await stand(layers);
    expect(await go({ kind: 'run_to', step: 3 })).toBe('0 forward loss (step)');
    expect(await go({ kind: 'run_to', step: 1 })).toBe('0 forward bn (step)');
    expect(await go({ kind: 'run_to', step: -5 })).toBe('0 forward a (start)');
    expect(await go({ kind: 'run_to_node', path: 'bn' })).toBe('0 forward b (step)');
    expect(await go({ kind: 'run_to_node', path: 'bn', phase: 'backward' })).toBe('0 backward a (step)');
    expect(await go({ kind: 'run_to_node', path: 'bn', phase: 'forward' })).toBe('1 forward b (step)');
    expect(await go({ kind: 'run_to_node', path: 'nobody' })).toBe('1 forward b (step)');
    expect(await go({ kind: 'run_to', step: 1e9 })).toBe('1 – (end)');
  });

  test('out of a block, in the phase it is in', async () => {
    const { go } = await stand(recurrent);
    await go({ kind: 'run_to_node', path: 'rnn[1]/lstm' });
    expect(await go({ kind: 'step_out' })).toBe('0 forward rnn[3]/lstm (step)');
  });

  test('each step says what it wrote', async () => {
    const { engine, report } = await stand(layers);
    expect((await engine.control({ kind: 'step' })).changed).toEqual(['a.y']);
    expect(report.steps[0]?.writes).toEqual(['a.y']);
    const { changed } = await engine.control({ kind: 'finish' });
    expect(changed).toEqual(expect.arrayContaining(['loss.y', 'grad(a.weight)', 'bn.running_mean', 'a.weight']));
  });
});

describe('a graph that changes', () => {
  const more: GraphSketch = {
    ...layers,
    nodes: { ...layers.nodes, extra: ['relu', { x: 'b.y' }] },
  };

  test('keeps what is trained: weights, statistics, slots; undo finds what was deleted', async () => {
    const { engine, numbers } = bench();
    await open(engine, graphOf(layers));
    const names = ['a.weight', 'bn.running_mean', 'slot(a.weight, momentum)', 'b.bias'];
    const fresh = await Promise.all(names.map(numbers));
    for (let i = 0; i < 3; i++) await engine.control({ kind: 'continue' });
    const trained = await Promise.all(names.map(numbers));
    expect(trained).not.toEqual(fresh);
    await open(engine, graphOf(more), 2);
    expect(await Promise.all(names.map(numbers))).toEqual(trained);
    const without: GraphSketch = {
      ...layers,
      nodes: {
        x: ['input', {}, { shape: ['N', 3] }],
        b: ['linear', { x: 'x.y' }, { out_features: 2 }],
        loss: ['mse_loss', { x: 'b.y' }],
      },
    };
    await open(engine, graphOf(without), 3);
    await engine.control({ kind: 'finish' });
    await open(engine, graphOf(layers), 4);
    expect(await Promise.all(names.map(numbers))).toEqual(trained);
  });

  test('an iteration that is not finished is given up; one that is counts', async () => {
    const { engine, numbers } = bench();
    const report = await open(engine, graphOf(layers));
    const statistics = await numbers('bn.running_mean');
    await engine.control({ kind: 'run_to_node', path: 'loss' });
    expect(await numbers('bn.running_mean')).not.toEqual(statistics);
    await open(engine, graphOf(more), 2);
    expect(await numbers('bn.running_mean')).toEqual(statistics);
    await engine.control({ kind: 'finish' });
    const done = await numbers('bn.running_mean');
    await open(engine, graphOf(layers), 3);
    expect(await numbers('bn.running_mean')).toEqual(done);
    expect(await engine.control({ kind: 'step_back' })).toMatchObject({ iteration: 1, cursor: 0 });
    expect(report.steps.length).toBeGreaterThan(5);
  });

  test('another seed, another start or a fresh document begins anew', async () => {
    const { engine, numbers } = bench();
    await open(engine, graphOf(layers));
    const start = await numbers('a.weight');
    await engine.control({ kind: 'finish' });
    const trained = await numbers('a.weight');
    await open(engine, graphOf({ ...layers, seed: 5 }), 2);
    const other = await numbers('a.weight');
    expect(other).not.toEqual(start);
    expect(other).not.toEqual(trained);
    await open(engine, graphOf(layers), 3);
    expect(await numbers('a.weight')).toEqual(trained);
    await open(engine, graphOf(layers), 4, { fresh: true });
    expect(await numbers('a.weight')).toEqual(start);
    await engine.control({ kind: 'finish' });
    expect((await engine.reset()).iteration).toBe(0);
    expect(await numbers('a.weight')).toEqual(start);
  });

  test('what depends on a fault stops, the rest keeps its numbers, and the way back keeps everything', async () => {
    const { engine, numbers } = bench();
    await open(engine, graphOf(layers));
    await engine.control({ kind: 'finish' });
    const trained = await numbers('a.weight');
    const graph = graphOf(layers);
    const report = await engine.open({
      graph: { ...graph, edges: graph.edges.filter((edge) => edge.to !== 'b.x') },
      revision: 2,
    });
    expect(report).toMatchObject({ runnable: true, loss: null });
    expect(report.diagnostics).toContainEqual(
      expect.objectContaining({ code: 'E_UNWIRED', at: { path: 'b', port: 'x' } }),
    );
    expect(report.values['bn.y']).toEqual({ shape: [4, 4], dtype: 'float32' });
    expect(report.nodes['b']).toMatchObject({ waitsFor: ['b'], outputs: {} });
    expect(report.nodes['loss']?.waitsFor).toEqual(['b']);
    expect(report.nodes['bn']?.waitsFor).toBeUndefined();
    expect(report.steps.map(({ node }) => node)).not.toContain('b');
    expect((await engine.control({ kind: 'finish' })).cursor).toBe(report.steps.length);
    expect(await numbers('a.weight')).toEqual(trained);
    expect(await engine.read('b.weight')).toBeNull();
    const refused = await engine.train('start');
    expect(refused.status).toBe('failed');
    expect(refused.diagnostics).toMatchObject([{ code: 'E_LOSS_WAITS', at: { path: 'loss' } }]);
    await open(engine, graph, 3);
    expect(await numbers('a.weight')).toEqual(trained);
  });

  test('more memory than there is becomes a diagnostic', async () => {
    const { engine } = bench();
    const nodes: GraphSketch['nodes'] = { x: ['input', {}, { shape: [2 ** 28] }] };
    for (let i = 0; i < 8; i++) Object.assign(nodes, { [`n${i}`]: ['neg', { x: i === 0 ? 'x.y' : `n${i - 1}.y` }] });
    const report = await engine.open({ graph: graphOf({ nodes }), revision: 1 });
    expect(report.runnable).toBe(false);
    expect(report.diagnostics.map((d) => d.code)).toContain('E_MEMORY');
  });

  test('stepping inside a cell stays open over a reset', async () => {
    const { engine } = bench();
    const report = await open(engine, graphOf(recurrent), 1, { expand: ['rnn/lstm'] });
    expect(report.steps.map((step) => step.node)).toContain('rnn[3]/lstm/f');
    expect(report.nodes['rnn[3]/lstm']?.expandable).toBe(true);
    expect((await engine.expansion('rnn/lstm'))?.nodes.map((node) => node.id)).toEqual(
      expect.arrayContaining(['f', 'i', 'g', 'o']),
    );
    await engine.reset();
    await engine.control({ kind: 'finish' });
    for (const gate of ['f', 'i', 'o']) {
      const read = await engine.read(`rnn[3]/lstm/${gate}.y`);
      expect(read?.shape).toEqual([2, 3]);
      expect([...(read?.data ?? [])].every((y) => y > 0 && y < 1)).toBe(true);
    }
  });
});

describe('numbers written by hand', () => {
  test('flow to wherever the cursor stands, and stay for the next iteration', async () => {
    const { engine, numbers, go } = await stand(layers);
    await engine.control({ kind: 'run_to_node', path: 'a' });
    const before = await numbers('a.y');
    const state = await engine.setElements('a.bias', [
      { index: 0, value: 10 },
      { index: 99, value: 1 },
      { index: -1, value: 1 },
    ]);
    expect(state).toMatchObject({ cursor: 1, changed: ['a.y'] });
    const after = await numbers('a.y');
    expect(after.map((y, i) => Math.round(y - (before[i] as number)) > 5)).toEqual(after.map((_, i) => i % 4 === 0));
    await engine.setElements('nobody.y', [{ index: 0, value: 1 }]);
    expect(await go({ kind: 'finish' })).toBe('0 – (end)');
  });
});

describe('a step over a whole recurrence', () => {
  test('ends behind its last time step, and back before its first', async () => {
    const { go } = await stand(recurrent);
    await go({ kind: 'restart' });
    expect(await go({ kind: 'step', over: 'rnn' })).toBe('0 forward loss (step)');
    expect(await go({ kind: 'step_back', over: 'rnn' })).toMatch(/^0 forward rnn\S* \(start\)$/);
    // Backward is another phase: a step over it does not run into the update.
    await go({ kind: 'run_to_node', path: 'loss', phase: 'backward' });
    expect(await go({ kind: 'step', over: 'rnn' })).toMatch(/^0 (update|backward (?!rnn))/);
  });

  test('a breakpoint inside stops it', async () => {
    const { engine, go } = await stand(recurrent);
    await engine.setBreakpoints([breakpoint('rnn[2]/lstm', 'forward')]);
    await go({ kind: 'restart' });
    expect(await go({ kind: 'step', over: 'rnn' })).toBe('0 forward rnn[2]/lstm (breakpoint)');
    expect(await go({ kind: 'step', over: 'rnn' })).toBe('0 forward loss (step)');
    expect(await go({ kind: 'step_back', over: 'rnn' })).toBe('0 forward rnn[2]/lstm (breakpoint)');
  });
});
