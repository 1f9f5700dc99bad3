// What the writer makes of whole graphs: borders, names, the open batch, what it leaves out and what it says. Numbers are
// onnxruntime's; the model is looked at through the official schema.
import { describe, expect, it } from 'vitest';
import { onnx } from '../../../../src/formats/onnx/onnx-messages.generated.js';
import { type WriteOnnxOptions, writeOnnx } from '../../../../src/formats/onnx/write-onnx.ts';
import type { GraphFile } from '../../../../src/graph/schema.ts';
import type { Operator } from '../../../../src/operators/define-operator.ts';
import { formatDiagnostic } from '../../../../src/tensor/diagnostic.ts';
import { tensor } from '../../../../src/tensor/tensor.ts';
import { example, graphOf, registry } from '../../../support/graphs.ts';
import { compareWithRuntime, deviation, readBack, runHere, runtimeOutputs } from '../../../support/onnx/runtime.ts';

const picture = ['input', {}, { shape: ['N', 1, 6, 6] }] as const;

const classifier = graphOf({
  nodes: {
    image: picture,
    conv: ['conv2d', { x: 'image.y' }, { out_channels: 3, kernel_size: 3 }],
    pool: ['max_pool2d', { x: 'conv.y' }, { kernel_size: 2 }],
    flat: ['flatten', { x: 'pool.y' }],
    scores: ['linear', { x: 'flat.y' }, { out_features: 4 }],
    loss: ['cross_entropy', { x: 'scores.y' }],
  },
});

function write(graph: GraphFile, options: Partial<WriteOnnxOptions> = {}) {
  const { tensors } = runHere(graph, []);
  const written = writeOnnx(graph, { tensors, operators: registry.operators, ...options });
  return { ...written, told: written.diagnostics.map(formatDiagnostic) };
}

function modelOf(graph: GraphFile, options: Partial<WriteOnnxOptions> = {}) {
  const { bytes, told } = write(graph, options);
  if (!bytes) throw new Error(told.join('\n'));
  const model = onnx.ModelProto.decode(bytes);
  const border = (list: readonly { name: string; type: unknown }[] = []) => list.map(({ name }) => name);
  return {
    model,
    told,
    nodes: model.graph?.node ?? [],
    inputs: border(model.graph?.input),
    outputs: border(model.graph?.output),
    initializers: model.graph?.initializer.map(({ name }) => name) ?? [],
  };
}

describe('what a model holds', () => {
  it('is what inference needs, under the names of the graph', () => {
    const { model, nodes, inputs, outputs, initializers, told } = modelOf(classifier);
    expect(told).toEqual([]);
    expect(inputs).toEqual(['image.y']);
    expect(outputs).toEqual(['scores.y']);
    expect(nodes.map(({ name, opType }) => `${name} ${opType}`)).toEqual([
      'conv Conv',
      'pool MaxPool',
      'flat Flatten',
      'scores Gemm',
    ]);
    expect(nodes.map(({ output }) => output)).toEqual([['conv.y'], ['pool.y'], ['flat.y'], ['scores.y']]);
    expect(initializers.sort()).toEqual(['conv.bias', 'conv.weight', 'scores.bias', 'scores.weight']);
    expect([model.producerName, Number(model.irVersion)]).toEqual(['Chainrule', 8]);
  });

  it('says sizes that follow the batch by its name', () => {
    const { model } = modelOf(classifier);
    const sizes = [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])].map(({ type }) =>
      type?.tensorType?.shape?.dim.map((dim) => dim.dimParam || Number(dim.dimValue)),
    );
    expect(sizes).toEqual([
      ['N', 1, 6, 6],
      ['N', 4],
    ]);
  });

  it('is the same bytes for the same graph', () => {
    expect(write(classifier).bytes).toEqual(write(classifier).bytes);
  });

  it('holds a loss and its labels where they are asked for', () => {
    const { inputs, outputs, nodes } = modelOf(classifier, { outputs: ['loss', 'scores.y'] });
    expect(inputs).toEqual(['image.y', 'loss.target']);
    expect(outputs).toEqual(['loss.y', 'scores.y']);
    expect(nodes.at(-1)?.opType).toBe('SoftmaxCrossEntropyLoss');
  });

  it('takes a newer operator set only where a node needs it', () => {
    const padded = (mode: string) =>
      graphOf({ nodes: { image: picture, pad: ['pad', { x: 'image.y' }, { pad: [1, 1], mode }] } });
    const set = (mode: string) => Number(modelOf(padded(mode)).model.opsetImport[0]?.version);
    expect([set('reflect'), set('circular')]).toEqual([17, 19]);
  });

  it('opens blocks and recurrences, which keep their paths', () => {
    const { nodes, inputs, outputs } = modelOf(example('char-lstm'));
    const paths = new Set(nodes.map(({ name }) => name.split('/').slice(0, 2).join('/')));
    expect([...paths]).toEqual(expect.arrayContaining(['rnn[0]/lstm', 'rnn[31]/lstm', 'fc']));
    expect([inputs, outputs]).toEqual([['text.y'], ['fc.y']]);
  });

  it('keeps tensors of one number all over as that number', () => {
    const wide = graphOf({
      nodes: {
        x: ['input', {}, { shape: ['N', 500] }],
        fc: ['linear', { x: 'x.y' }, { out_features: 500 }],
      },
    });
    const half = new Map([
      ['fc.weight', tensor([500, 500], new Float32Array(250_000).fill(0.5))],
      ['fc.bias', tensor([500], new Float32Array(500))],
    ]);
    expect(write(wide, { tensors: half }).bytes?.length).toBeLessThan(4000);
  });
});

describe('the batch', () => {
  it('stays open: one file runs with any', async () => {
    const { bytes, outputs } = write(classifier);
    for (const batch of [1, 2, 7]) {
      const run = runHere(classifier, outputs, { batch });
      const there = await runtimeOutputs(bytes as Uint8Array, run.feeds);
      for (const [name, value] of run.outputs) expect(deviation(there.get(name), value)).toBeLessThan(1e-5);
    }
  });

  it('stays open in a recurrence whose state starts at zero', async () => {
    const graph = example('char-lstm');
    const { bytes, outputs } = write(graph);
    const run = runHere(graph, outputs, { batch: 3 });
    const there = await runtimeOutputs(bytes as Uint8Array, run.feeds);
    expect(deviation(there.get('fc.y'), run.outputs.get('fc.y') as never)).toBeLessThan(1e-5);
  });

  it('is fixed where nothing else fits, and that is said', () => {
    const fixed = graphOf({
      nodes: { image: picture, rows: ['reshape', { x: 'image.y' }, { shape: [16, 72] }] },
      training: { batch: 32 },
    });
    const { told, bytes } = write(fixed);
    expect(told).toEqual([expect.stringMatching(/^warning: .*N = 32 \(W_ONNX_BATCH\)$/)]);
    expect(bytes).not.toBeNull();
  });

  it('is fixed on demand', () => {
    const { model } = modelOf(classifier, { dims: { N: 5 } });
    expect(Number(model.graph?.input[0]?.type?.tensorType?.shape?.dim[0]?.dimValue)).toBe(5);
  });

  it('reaches shapes that the graph computes', async () => {
    const graph = graphOf({
      nodes: {
        image: picture,
        sizes: ['shape', { x: 'image.y' }, { end: 2 }],
        rest: ['constant', {}, { value: [-1], dtype: 'int32' }],
        wanted: ['concat', { x0: 'sizes.y', x1: 'rest.y' }, { dim: 0 }],
        lines: ['reshape', { x: 'image.y', shape: 'wanted.y' }],
        sums: ['sum', { x: 'lines.y' }, { dim: [2] }],
      },
    });
    const { bytes, told } = write(graph);
    expect(told).toEqual([]);
    const run = runHere(graph, ['sums.y'], { batch: 3 });
    const there = await runtimeOutputs(bytes as Uint8Array, run.feeds);
    expect(deviation(there.get('sums.y'), run.outputs.get('sums.y') as never)).toBeLessThan(1e-5);
  });
});

describe('what cannot be written', () => {
  const strange: Readonly<Record<string, Operator>> = {
    ...registry.operators,
    strange: { ...(registry.operators['relu'] as Operator), id: 'strange' },
  };
  const graph = {
    ...classifier,
    nodes: [...classifier.nodes, { id: 'odd', op: 'strange', attributes: {}, parameters: {} }],
    edges: [...classifier.edges, { from: 'scores.y', to: 'odd.x' }],
  } as GraphFile;

  it('is listed by node, and there are no bytes', () => {
    const { bytes, diagnostics } = writeOnnx(graph, { tensors: runHere(classifier, []).tensors, operators: strange });
    expect(bytes).toBeNull();
    expect(diagnostics.map(({ code, at }) => [code, at.path])).toEqual([['E_ONNX_FORM', 'odd']]);
  });

  it('does not matter where no output needs it', () => {
    const options = { tensors: runHere(classifier, []).tensors, operators: strange, outputs: ['scores.y'] };
    expect(writeOnnx(graph, options).bytes).not.toBeNull();
  });

  it('is a tensor that is missing or has another shape, by name', () => {
    const tensors = new Map([['conv.weight', tensor([1], [0])]]);
    expect(write(classifier, { tensors }).told).toEqual([
      expect.stringContaining('`conv.weight` is [1], the graph needs [3, 1, 3, 3]'),
      expect.stringContaining('`conv.bias` is missing'),
      expect.stringContaining('`scores.weight` is missing'),
      expect.stringContaining('`scores.bias` is missing'),
    ]);
  });

  it('is a value that does not exist', () => {
    expect(write(classifier, { outputs: ['nowhere'] }).told).toEqual([
      expect.stringContaining('there is no value `nowhere`'),
    ]);
  });

  it('is a graph that computes nothing', () => {
    const { bytes, told } = write(graphOf({ nodes: { image: picture } }));
    expect([bytes, told]).toEqual([null, [expect.stringContaining('E_ONNX_EMPTY')]]);
  });
});

describe('there and back', () => {
  it.each(['lenet5', 'resnet', 'char-lstm', 'xyz'])('%s', async (name) => {
    const { worst, bytes, run } = await compareWithRuntime(example(name), { batch: 2 });
    expect(worst).toBeLessThan(1e-5);
    const again = readBack(bytes, run.feeds, 2);
    for (const [output, value] of run.outputs) expect(deviation(again.get(output), value), output).toBeLessThan(1e-5);
  });
});
