// Files of other formats through the engine's contract: the graph comes, its tensors wait, `open` puts them in; what was
// opened is written again; a step goes over a whole recurrence.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { bench, open } from '../../support/engines.ts';
import { node, onnxModel, value } from '../../support/onnx/messages.ts';
import { goldenFolder, loadGoldenTensors } from '../../support/reference.ts';

function lenet(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(goldenFolder(), 'networks_lenet5.onnx')));
}

async function opened(id = 1) {
  const own = bench();
  const file = await own.engine.openFile({ id, name: 'lenet.onnx', bytes: lenet() });
  if (file.graph === null) throw new Error(JSON.stringify(file.diagnostics));
  const golden = loadGoldenTensors('networks_lenet5.safetensors');
  const input = golden.get('networks/lenet5/input');
  const logits = golden.get('networks/lenet5/logits_eval');
  if (!input || !logits) throw new Error('the golden network lacks its input or its logits');
  const batch = input.shape[0] as number;
  const graph: GraphFile = { ...file.graph, training: { ...file.graph.training, batch } };
  return { ...own, file, graph, input, logits };
}

/** The largest distance from PyTorch's logits, of what the last node gives for the golden input. */
async function error({ engine, numbers, graph, input, logits }: Awaited<ReturnType<typeof opened>>): Promise<number> {
  const source = graph.nodes.find(({ op }) => op === 'input')?.id ?? '';
  await engine.setElements(
    `${source}.y`,
    [...input.data].map((value, index) => ({ index, value })),
  );
  await engine.control({ kind: 'finish' });
  const fed = new Set(graph.edges.map(({ from }) => from));
  const last = graph.nodes.find(({ id }) => !fed.has(`${id}.y`))?.id ?? '';
  const ours = await numbers(`${last}.y`);
  expect(ours).toHaveLength(logits.data.length);
  return Math.max(...ours.map((value, i) => Math.abs(value - (logits.data[i] as number))));
}

describe('a model of another format', () => {
  test('gives PyTorch’s logits with the weights of the file, and others without them', async () => {
    const own = await opened();
    expect(own.file.weights).toBeGreaterThanOrEqual(10);
    const report = await own.engine.open({ graph: own.graph, revision: 1, fresh: true, weights: 1 });
    expect(report.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(await error(own)).toBeLessThan(1e-5);
    const without = await opened(2);
    await without.engine.open({ graph: without.graph, revision: 1, fresh: true });
    expect(await error(without)).toBeGreaterThan(1e-2);
  });

  test('keeps its weights over edits, also over one that cannot run; another document takes none', async () => {
    const own = await opened();
    const [first] = own.graph.edges;
    const broken: GraphFile = { ...own.graph, edges: own.graph.edges.filter((edge) => edge !== first) };
    const report = await own.engine.open({ graph: broken, revision: 1, fresh: true, weights: 1 });
    expect(Object.values(report.nodes).filter(({ waitsFor }) => waitsFor).length).toBeGreaterThan(5);
    await own.engine.open({ graph: own.graph, revision: 2, weights: 1 });
    expect(await error(own)).toBeLessThan(1e-5);
    await own.engine.open({ graph: own.graph, revision: 3, fresh: true });
    expect(await error(own)).toBeGreaterThan(1e-2);
  });

  test.each(['safetensors', 'npz'] as const)('its weights are saved as %s and load again', async (format) => {
    const own = await opened();
    await own.engine.open({ graph: own.graph, revision: 1, fresh: true, weights: 1 });
    const { bytes, diagnostics } = await own.engine.exportFile(format);
    expect(diagnostics).toEqual([]);
    const other = await opened(2);
    await other.engine.open({ graph: other.graph, revision: 1, fresh: true });
    expect(await other.engine.loadWeights(bytes as Uint8Array<ArrayBuffer>, `lenet.${format}`)).toEqual([]);
    expect(await error(other)).toBeLessThan(1e-5);
  });

  test('is written as ONNX and opens again with the same numbers', async () => {
    const own = await opened();
    await own.engine.open({ graph: own.graph, revision: 1, fresh: true, weights: 1 });
    const { bytes, diagnostics } = await own.engine.exportFile('onnx');
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const again = await own.engine.openFile({ id: 2, name: 'again.onnx', bytes: bytes as Uint8Array<ArrayBuffer> });
    if (again.graph === null) throw new Error(JSON.stringify(again.diagnostics));
    const graph = { ...again.graph, training: { ...again.graph.training, batch: own.graph.training.batch } };
    await own.engine.open({ graph, revision: 2, fresh: true, weights: 2 });
    expect(await error({ ...own, graph })).toBeLessThan(1e-5);
  });

  test('tells of its progress, and stops where it is called off', async () => {
    const { engine } = bench();
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    cancel[0] = 1;
    const answer = await engine.openFile({ id: 1, name: 'lenet.onnx', bytes: lenet(), cancel });
    expect(answer).toMatchObject({ graph: null, weights: 0, diagnostics: [{ code: 'I_CALLED_OFF' }] });
  });

  test('what is no model is refused with a reason', async () => {
    const { engine } = bench();
    const { graph, diagnostics } = await engine.openFile({ id: 1, name: 'x.onnx', bytes: new Uint8Array([1, 2, 3]) });
    expect(graph).toBeNull();
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  });
});

test('without a loss the graph is seen as it answers: dropout lets everything through', async () => {
  const { engine, numbers } = bench();
  const graph = await dropped(false);
  await open(engine, graph);
  await engine.control({ kind: 'finish' });
  expect(await numbers('drop.y')).toEqual(await numbers('x.y'));
  await open(engine, await dropped(true), 2, { fresh: true });
  await engine.control({ kind: 'finish' });
  expect(await numbers('drop.y')).not.toEqual(await numbers('x.y'));
});

async function dropped(loss: boolean): Promise<GraphFile> {
  const { graph } = await bench().engine.readGraph({
    format: 'chainrule/graph',
    version: 1,
    nodes: [
      { id: 'x', op: 'input', attributes: { shape: [4, 16] } },
      { id: 'drop', op: 'dropout' },
      ...(loss ? [{ id: 'loss', op: 'mse_loss' }] : []),
    ],
    edges: [{ from: 'x.y', to: 'drop.x' }, ...(loss ? [{ from: 'drop.y', to: 'loss.x' }] : [])],
  });
  if (graph === null) throw new Error('not read');
  return graph;
}

test('what a model leaves open is asked for, with a proposal, and taken when it is read again', async () => {
  const { engine } = bench();
  const model = (): Uint8Array<ArrayBuffer> =>
    onnxModel({
      input: [
        value('x', ['batch', 'width']),
        value('shape', [2], 7),
        { name: 'bare', type: { tensorType: { elemType: 1 } } },
      ],
      node: [node('Reshape', ['x', 'shape'], ['r']), node('Neg', ['bare'], ['n'])],
      output: [value('r', [null, null]), value('n', [null])],
    });
  const first = await engine.openFile({ id: 1, name: 'open.onnx', bytes: model() });
  expect(first.questions).toEqual([
    { kind: 'shape', input: 'bare' },
    { kind: 'numbers', input: 'shape', shape: [2], dtype: 'int32', proposal: [0, -1] },
  ]);
  const answers = {
    shapes: new Map([['bare', ['N', 5]]]),
    fix: new Map([['shape', tensor([2], [-1, 4], 'int32')]]),
    dims: { width: 8 },
  };
  const second = await engine.openFile({ id: 2, name: 'open.onnx', bytes: model(), ...answers });
  expect([second.questions, second.diagnostics]).toEqual([undefined, []]);
  const graph = { ...(second.graph as GraphFile), training: { ...(second.graph as GraphFile).training, batch: 3 } };
  const { values } = await engine.open({ graph, revision: 1, fresh: true, weights: 2 });
  expect([values['the_reshape.y']?.shape, values['the_neg.y']?.shape]).toEqual([
    [6, 4],
    [3, 5],
  ]);
});
