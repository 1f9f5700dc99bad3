// Editing beside a run: what does not touch the computation leaves run, training and history as they stand; what stops a part
// stops that part alone. Numbers are held against an engine that nobody disturbed.
import { describe, expect, test } from 'vitest';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { spiralNet } from '../../support/graphs.ts';

const spirals = () => spiralNet({ epochs: 100_000 });

type Node = GraphFile['nodes'][number];

const node = (id: string, op: string, attributes: Node['attributes'] = {}): Node => ({
  id,
  op,
  attributes,
  parameters: {},
});

function withNodes(graph: GraphFile, nodes: readonly Node[], edges: GraphFile['edges'] = []): GraphFile {
  return { ...graph, nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edges] };
}

const changed = (graph: GraphFile, id: string, attributes: Node['attributes']): GraphFile => ({
  ...graph,
  nodes: graph.nodes.map((each) => (each.id === id ? { ...each, attributes } : each)),
});

/** Parameters after so many iterations that nobody disturbed. */
async function undisturbed(iterations: number): Promise<number[]> {
  const own = bench();
  await open(own.engine, spirals());
  return weightsAfter(own, iterations);
}

async function weightsAfter({ engine, numbers }: Bench, iterations: number): Promise<number[]> {
  while ((await engine.session()).iteration < iterations) await engine.train('iterate');
  await engine.control({ kind: 'restart' });
  return [...(await numbers('fc1.weight')), ...(await numbers('slot(fc2.weight, momentum)'))];
}

describe('a node that is not wired yet', () => {
  const drawn = withNodes(spirals(), [node('relu9', 'relu')]);

  test('leaves the run where it stands: cursor, values, history; and says what it lacks', async () => {
    const own = bench();
    const before = await open(own.engine, spirals());
    for (let i = 0; i < 3; i++) await own.engine.train('iterate');
    const session = await own.engine.control({ kind: 'run_to', step: 4 });
    const timeline = await own.engine.timeline();
    const report = await own.engine.open({ graph: drawn, revision: 2, steady: true });
    expect(report.stands).toMatchObject({ session: { ...session, revision: 2 } });
    expect(report.steps).toEqual(before.steps);
    expect(report.diagnostics).toContainEqual(
      expect.objectContaining({ code: 'E_UNWIRED', at: { path: 'relu9', port: 'x' } }),
    );
    expect(report.nodes['relu9']?.waitsFor).toEqual(['relu9']);
    expect(await own.engine.timeline()).toEqual({ ...timeline, revision: 2 });
    expect((await own.engine.control({ kind: 'step_back' })).cursor).toBe(3);

    const again = await own.engine.open({ graph: spirals(), revision: 3, steady: true });
    expect(again.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(again.nodes['relu9']).toBeUndefined();
    expect(again.stands?.session).toMatchObject({ cursor: 3, iteration: 3, revision: 3 });
    expect(await weightsAfter(own, 5)).toEqual(await undisturbed(5));
  });

  test('lets training run on, with the new revision', async () => {
    const own = bench();
    await open(own.engine, spirals());
    await own.engine.train('start');
    await own.until(({ iteration }) => iteration > 4);
    const report = await own.engine.open({ graph: drawn, revision: 2, steady: true });
    expect(report.stands?.training).toMatchObject({ status: 'running', revision: 2 });
    const from = report.stands?.training?.iteration ?? Number.NaN;
    const later = await own.until(({ iteration, revision }) => revision === 2 && iteration > from + 10);
    expect(later.status).toBe('running');
    const { iteration } = await own.engine.train('pause');
    expect(await weightsAfter(own, iteration + 1)).toEqual(await undisturbed(iteration + 1));
  });

  test('is what a branch shows again, when the run comes back to it', async () => {
    const own = bench();
    await open(own.engine, spirals());
    await own.engine.train('iterate');
    await own.engine.open({ graph: drawn, revision: 2, steady: true });
    const { branch } = await own.engine.timeline();
    await own.engine.open({ graph: changed(drawn, 'fc1', { out_features: 5 }), revision: 3, steady: true });
    await own.engine.train('iterate');
    const answer = await own.engine.switchBranch(branch);
    expect(answer.graph?.nodes.map(({ id }) => id)).toContain('relu9');
  });

  test('not asked to stay, a run begins its iteration anew', async () => {
    const own = bench();
    await open(own.engine, spirals());
    await own.engine.control({ kind: 'run_to', step: 4 });
    const report = await own.engine.open({ graph: drawn, revision: 2 });
    expect(report.stands).toBeUndefined();
    expect(await own.engine.session()).toMatchObject({ cursor: 0, revision: 2 });
  });
});

describe('what changes the computation', () => {
  const side = withNodes(spirals(), [node('relu9', 'relu')], [{ from: 'fc1.y', to: 'relu9.x' }]);

  test('beside what is trained: its values are there, and training runs on through it', async () => {
    const own = bench();
    await open(own.engine, spirals());
    await own.engine.train('start');
    await own.until(({ iteration }) => iteration > 4);
    const report = await own.engine.open({ graph: side, revision: 2, steady: true });
    expect(report.stands).toBeUndefined();
    expect(report.trains).toMatchObject({ status: 'running', revision: 2 });
    expect(report.trains?.iteration).toBeGreaterThan(4);
    expect(report.nodes['relu9']?.waitsFor).toBeUndefined();
    // And a fault there stops that branch alone.
    const worse = withNodes(
      side,
      [node('out9', 'linear', { out_features: 2, in_features: 977 })],
      [{ from: 'relu9.y', to: 'out9.x' }],
    );
    const third = await own.engine.open({ graph: worse, revision: 3, steady: true });
    expect(third.stands?.training?.status).toBe('running');
    const fourth = await own.engine.open({ graph: changed(side, 'relu9', { nonsense: 1 }), revision: 4, steady: true });
    expect((fourth.stands?.training ?? fourth.trains)?.status).toBe('running');
    await own.until(({ iteration, revision }) => revision === 4 && iteration > (report.trains?.iteration ?? 0) + 5);
    const { iteration } = await own.engine.train('pause');
    expect(await weightsAfter(own, iteration + 1)).toEqual(await undisturbed(iteration + 1));
  });

  test('in the middle: values up to it, training says why not; undone, the numbers are those of before', async () => {
    const own = bench();
    await open(own.engine, spirals());
    for (let i = 0; i < 4; i++) await own.engine.train('iterate');
    const { branch } = await own.engine.timeline();
    const trained = await own.numbers('fc1.weight');
    const broken = changed(spirals(), 'fc2', { out_features: 2, in_features: 977 });
    const report = await own.engine.open({ graph: broken, revision: 2, steady: true });
    expect(report).toMatchObject({
      runnable: true,
      loss: null,
      untrainable: [{ code: 'E_LOSS_WAITS', at: { path: 'loss' } }],
    });
    expect(report.diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([{ at: { path: 'fc2' } }]);
    // What arrives at the guilty port is known.
    expect(report.values['fc2.x']?.shape).toEqual(report.values['relu.y']?.shape ?? report.values['fc1.y']?.shape);
    await own.engine.control({ kind: 'finish' });
    expect(await own.numbers('fc1.weight')).toEqual(trained);
    expect(await own.number('fc1.y')).toEqual(expect.any(Number));
    expect(await own.engine.train('start')).toMatchObject({
      status: 'failed',
      diagnostics: [{ code: 'E_LOSS_WAITS' }],
    });
    const mended = await own.engine.open({ graph: spirals(), revision: 3, steady: true });
    expect(mended.untrainable).toEqual([]);
    expect((await own.engine.timeline()).branch).toBe(branch);
    expect(await weightsAfter(own, 6)).toEqual(await undisturbed(6));
  });

  test('an input that nothing takes needs no data to train', async () => {
    const own = bench();
    await open(own.engine, withNodes(spirals(), [node('input9', 'input', { shape: ['N', 3] })]));
    expect((await own.engine.train('iterate')).diagnostics).toEqual([]);
    expect((await own.engine.session()).sampled).toEqual(['input9.y']);
  });

  test('files are of graphs that run as a whole', async () => {
    const own = bench();
    await own.engine.open({ graph: withNodes(spirals(), [node('relu9', 'relu')]), revision: 1 });
    for (const format of ['onnx', 'safetensors', 'npz'] as const) {
      const { bytes, diagnostics } = await own.engine.exportFile(format);
      expect(bytes).toBeNull();
      expect(diagnostics.map(({ code }) => code)).toEqual(['E_NO_GRAPH']);
    }
  });

  test('a session takes along what the part that cannot run will need', async () => {
    const own = bench();
    await open(own.engine, spirals());
    for (let i = 0; i < 3; i++) await own.engine.train('iterate');
    await own.engine.open({ graph: changed(spirals(), 'fc2', { out_features: 3, in_features: 977 }), revision: 2 });
    const { bytes, diagnostics } = await own.engine.exportFile('chainrule');
    expect(diagnostics).toEqual([]);
    const other = bench();
    const file = await other.engine.openFile({ id: 1, name: 'own.chainrule', bytes: bytes as Uint8Array<ArrayBuffer> });
    if (!file.graph) throw new Error('nothing read');
    await other.engine.open({ graph: file.graph, revision: 1, fresh: true, weights: 1 });
    await other.engine.open({ graph: spirals(), revision: 2, steady: true });
    expect(await weightsAfter(other, 5)).toEqual(await undisturbed(5));
  });
});
