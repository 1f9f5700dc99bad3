// What the reader makes of a file beside numbers: ids, titles, weights, shared weights, open sizes, what must be fixed, what it
// says of what it cannot read. The models are put together here, message by message.
import { expect, test } from 'vitest';
import { readOnnx } from '../../../../src/formats/onnx/read-onnx.ts';
import { tensor } from '../../../../src/tensor/tensor.ts';
import { floats, int, ints, type OnnxGraph, onnxModel, value, wholes } from '../../../support/onnx/messages.ts';
import { runReading } from '../../../support/onnx/node-tests.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

const model = (graph: OnnxGraph) => onnxModel(graph, 13);

const twoLayers: OnnxGraph = {
  name: 'two layers',
  input: [value('x', ['batch', 1, 4, 4])],
  initializer: [
    floats(
      'w',
      [2, 1, 3, 3],
      Array.from({ length: 18 }, (_, i) => i / 10),
    ),
    floats('b', [2], [1, -1]),
    floats('scale', [2], [1, 2]),
    floats('mean', [2], [0.5, 0.25]),
    floats('var', [2], [4, 9]),
  ],
  node: [
    { name: '/layer1/Conv', opType: 'Conv', input: ['x', 'w', 'b'], output: ['c'], attribute: [int('group', 1)] },
    { name: 'bn', opType: 'BatchNormalization', input: ['c', 'scale', 'b', 'mean', 'var'], output: ['y'] },
  ],
  output: [value('y', ['batch', 2, 2, 2])],
};

test('names become ids and titles, the batch N; weights belong to the node that alone reads them, else they are shared', () => {
  const { graph, weights, inputs, outputs, diagnostics, mode } = readOnnx(model(twoLayers));
  expect(diagnostics).toEqual([]);
  expect(graph?.nodes.map(({ id, op, title }) => [id, op, title])).toEqual([
    ['x', 'input', undefined],
    ['b', 'parameter', undefined],
    ['layer1_Conv', 'conv2d', '/layer1/Conv'],
    ['bn', 'batch_norm', undefined],
  ]);
  expect(graph?.nodes[0]?.attributes['shape']).toEqual(['N', 1, 4, 4]);
  expect(graph?.nodes[2]?.attributes).toMatchObject({ out_channels: 2, kernel_size: 3, bias: true });
  expect([...weights.keys()].sort()).toEqual([
    'b.value',
    'bn.running_mean',
    'bn.running_var',
    'bn.weight',
    'layer1_Conv.weight',
  ]);
  expect(weights.get('bn.running_var')).toEqual(tensor([2], [4, 9]));
  expect(graph?.edges).toContainEqual({ from: 'b.y', to: 'layer1_Conv.bias' });
  expect(graph?.edges).toContainEqual({ from: 'b.y', to: 'bn.bias' });
  expect([...inputs, ...outputs, mode]).toEqual([['x', 'x'], ['y', 'bn.y'], 'eval']);
});

test('what is not supported is said once, with the node; the rest opens, and runs where it does not hang on it', () => {
  const graph: OnnxGraph = {
    input: [value('x', [2])],
    node: [
      { name: 'odd', opType: 'NonZero', input: ['x'], output: ['places'] },
      { name: 'strange', opType: 'Relu', domain: 'com.example', input: ['x'], output: ['s'] },
      { name: 'same', opType: 'Relu', input: ['x'], output: ['y'], attribute: [int('colour', 3)] },
    ],
    output: [value('y', [2]), value('places', [1, null], 7)],
  };
  const reading = readOnnx(model(graph));
  expect(reading.diagnostics.map(({ code, message, at }) => [code, at.path, message])).toEqual([
    ['E_ONNX_OPERATOR', 'odd', '`odd` (NonZero, operator set 13): the operator is not supported'],
    ['E_ONNX_OPERATOR', 'strange', '`strange` (Relu, com.example 1): the operator is not supported'],
    ['W_ONNX_ATTRIBUTE', 'same', '`same` (Relu, operator set 13): the attribute `colour` is not known and was ignored'],
  ]);
  expect(reading.graph?.nodes.map(({ op }) => op)).toEqual(['input', 'NonZero', 'Relu', 'relu']);
  expect(reading.graph?.edges).toContainEqual({ from: 'x.y', to: 'odd.x0' });
});

test('an attribute that a form cannot follow gives up the node and leaves nothing half-built', () => {
  const node = {
    name: 'p',
    opType: 'AveragePool',
    input: ['x'],
    output: ['y'],
    attribute: [ints('kernel_shape', [2, 2, 2])],
  };
  const { graph, diagnostics } = readOnnx(
    model({ input: [value('x', [1, 1, 3, 3, 3])], node: [node], output: [value('y', [1, 1, 2, 2, 2])] }),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(['E_ONNX_NODE']);
  expect(diagnostics[0]?.message).toContain('windows of 3 dimensions are not supported');
  expect(graph?.nodes.map(({ id, op }) => [id, op])).toEqual([
    ['x', 'input'],
    ['p', 'AveragePool'],
  ]);
});

test.each([
  ['float16', 10, bytes(0x00, 0x3c, 0x00, 0xc0), [1, -2]],
  ['bfloat16', 16, bytes(0x80, 0x3f, 0x00, 0xc0), [1, -2]],
  ['double', 11, new Uint8Array(Float64Array.of(1, -2).buffer), [1, -2]],
  ['float', 1, new Uint8Array(Float32Array.of(0.5, 3).buffer), [0.5, 3]],
])('elements of type %s become float32', (_, dataType, rawData, expected) => {
  const graph: OnnxGraph = {
    input: [value('x', [2])],
    initializer: [{ name: 'c', dims: [2], dataType, rawData }],
    node: [{ opType: 'Add', input: ['x', 'c'], output: ['y'] }],
    output: [value('y', [2])],
  };
  const run = runReading(readOnnx(model(graph)), new Map([['x', tensor([2], [0, 0])]]));
  expect([...run('y').data]).toEqual(expected);
});

test('the ends of int64 are the ends of int32; other numbers beyond it are a fault', () => {
  const sliced = (end: bigint): OnnxGraph => ({
    input: [value('x', [5])],
    initializer: [
      { name: 'starts', dims: [1], dataType: 7, int64Data: [2] },
      { name: 'ends', dims: [1], dataType: 7, rawData: new Uint8Array(BigInt64Array.of(end).buffer) },
    ],
    node: [{ opType: 'Slice', input: ['x', 'starts', 'ends'], output: ['y'] }],
    output: [value('y', [3])],
  });
  const run = runReading(readOnnx(model(sliced(2n ** 63n - 1n))), new Map([['x', tensor([5], [0, 1, 2, 3, 4])]]));
  expect([...run('y').data]).toEqual([2, 3, 4]);
  const faulty = readOnnx(model(sliced(2n ** 40n)));
  expect(faulty.diagnostics[0]).toMatchObject({ code: 'E_ONNX_TENSOR' });
  expect(faulty.diagnostics[0]?.message).toContain('int32 cannot hold');
});

test('numbers in another file are named with the file', () => {
  const external = {
    name: 'w',
    dims: [2],
    dataType: 1,
    dataLocation: 1,
    externalData: [{ key: 'location', value: 'w.bin' }],
  };
  const { graph, diagnostics } = readOnnx(
    model({
      input: [value('x', [2])],
      initializer: [external],
      node: [{ opType: 'Add', input: ['x', 'w'], output: ['y'] }],
      output: [value('y', [2])],
    }),
  );
  expect(diagnostics[0]).toMatchObject({ code: 'E_ONNX_EXTERNAL' });
  expect(diagnostics[0]?.message).toContain('`w.bin`');
  expect(graph?.nodes.map(({ op }) => op)).toEqual(['input', 'Add']);
});

const reshaped: OnnxGraph = {
  input: [value('x', [2, 3]), value('s', [2], 7)],
  node: [
    { name: 'same', opType: 'Identity', input: ['s'], output: ['t'] },
    { name: 'r', opType: 'Reshape', input: ['x', 't'], output: ['y'] },
  ],
  output: [value('y', [null, null])],
};

test('an input that decides shapes has to be fixed; fixed, it is an input with a value', () => {
  const first = readOnnx(model(reshaped));
  expect(first.toFix).toEqual(['s']);
  expect(first.diagnostics.map(({ code, at }) => [code, at.path])).toEqual([['E_ONNX_FIX', 'r']]);
  const reading = readOnnx(model(reshaped), { fix: new Map([['s', tensor([2], [3, 2], 'int32')]]) });
  expect(reading.diagnostics).toEqual([]);
  expect(reading.graph?.nodes.find(({ id }) => id === 's')?.value).toEqual([3, 2]);
  const run = runReading(reading, new Map([['x', tensor([2, 3], [1, 2, 3, 4, 5, 6])]]));
  expect(run('y')).toEqual(tensor([3, 2], [1, 2, 3, 4, 5, 6]));
});

test('sizes computed from the batch stay open until the graph is compiled', () => {
  const graph: OnnxGraph = {
    input: [value('x', ['batch', 2, 3])],
    initializer: [
      { name: 'first', dims: [1], dataType: 7, int64Data: [0] },
      { name: 'rest', dims: [1], dataType: 7, int64Data: [-1] },
    ],
    node: [
      { opType: 'Shape', input: ['x'], output: ['shape'] },
      { opType: 'Gather', input: ['shape', 'first'], output: ['n'] },
      { opType: 'Concat', input: ['n', 'rest'], output: ['sizes'], attribute: [int('axis', 0)] },
      { opType: 'Reshape', input: ['x', 'sizes'], output: ['y'] },
    ],
    output: [value('y', ['batch', 6])],
  };
  for (const batch of [1, 4]) {
    const reading = readOnnx(model(graph));
    expect(reading.diagnostics).toEqual([]);
    const x = tensor(
      [batch, 2, 3],
      Array.from({ length: batch * 6 }, (_, i) => i),
    );
    expect(runReading(reading, new Map([['x', x]]))('y')).toEqual({ ...x, shape: [batch, 6] });
  }
});

test('borders, copies, ranges and sizes of pictures that follow the batch are settled when the graph is compiled', () => {
  const text = (name: string, written: string) => ({ name, type: 3, s: new TextEncoder().encode(written) });
  const along = [int('axis', 0)];
  const graph: OnnxGraph = {
    input: [value('mold', ['batch', 3]), value('x', [1, 1, 2, 2])],
    initializer: [
      wholes('first', 0),
      wholes('ones', 1, 1),
      wholes('none', 0),
      wholes('no', 0, 0, 0),
      wholes('one', 1),
      wholes('eight', 8),
      { ...wholes('start', 0), dims: [] },
      { ...wholes('step', 1), dims: [] },
    ],
    node: [
      { opType: 'Shape', input: ['mold'], output: ['sizes'] },
      { opType: 'Gather', input: ['sizes', 'first'], output: ['n'] },
      { opType: 'Concat', input: ['ones', 'n', 'n'], output: ['whole'], attribute: along },
      {
        opType: 'Resize',
        input: ['x', '', '', 'whole'],
        output: ['resized'],
        attribute: [text('mode', 'linear'), text('coordinate_transformation_mode', 'align_corners')],
      },
      // n columns behind, one row in front.
      { opType: 'Concat', input: ['none', 'none', 'one', 'no', 'none', 'n'], output: ['borders'], attribute: along },
      { opType: 'Slice', input: ['borders', 'none', 'eight'], output: ['pads'] },
      { opType: 'Pad', input: ['x', 'pads'], output: ['padded'] },
      { opType: 'Concat', input: ['ones', 'one', 'n'], output: ['copies'], attribute: along },
      { opType: 'Tile', input: ['x', 'copies'], output: ['tiled'] },
      { opType: 'Squeeze', input: ['n', 'none'], output: ['count'] },
      { opType: 'Range', input: ['start', 'count', 'step'], output: ['range'] },
    ],
    output: [
      value('resized', [1, 1, 'batch', 'batch']),
      value('padded', [1, 1, 3, null]),
      value('tiled', [1, 1, 2, null]),
      value('range', ['batch'], 7),
    ],
  };
  const reading = readOnnx(model(graph));
  expect(reading.diagnostics).toEqual([]);
  expect(reading.graph?.nodes.map(({ op }) => op)).toEqual(
    expect.arrayContaining(['upsample_bilinear2d', 'pad', 'tile', 'arange']),
  );
  const mold = tensor([3, 3], new Array<number>(9).fill(0));
  const run = runReading(
    reading,
    new Map([
      ['mold', mold],
      ['x', tensor([1, 1, 2, 2], [1, 3, 5, 7])],
    ]),
  );
  expect(run('resized')).toEqual(tensor([1, 1, 3, 3], [1, 2, 3, 3, 4, 5, 5, 6, 7]));
  expect(run('padded')).toEqual(tensor([1, 1, 3, 5], [0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 5, 7, 0, 0, 0]));
  expect(run('tiled')).toEqual(tensor([1, 1, 2, 6], [1, 3, 1, 3, 1, 3, 5, 7, 5, 7, 5, 7]));
  expect([...run('range').data]).toEqual([0, 1, 2]);
});

test('open dimensions keep their names, take given sizes, and do not clash with what ids may be', () => {
  const graph: OnnxGraph = {
    input: [value('x', ['n', 'seq len', null, 3])],
    node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
    output: [value('y', ['n', 'seq len', null, 3])],
  };
  const shape = (options: Parameters<typeof readOnnx>[1]) =>
    readOnnx(model(graph), options).graph?.nodes[0]?.attributes['shape'];
  expect(shape({})).toEqual(['N', 'seq_len', 'x_2', 3]);
  expect(shape({ dims: { 'seq len': 7, n: 2 } })).toEqual([2, 7, 'x_2', 3]);
  expect(shape({ shapes: new Map([['x', [1, 2, 3, 3]]]) })).toEqual([1, 2, 3, 3]);
});

test('nodes in the wrong order are sorted; one that waits for itself is said', () => {
  const graph: OnnxGraph = {
    input: [value('x', [1])],
    node: [
      { name: 'second', opType: 'Neg', input: ['a'], output: ['y'] },
      { name: 'first', opType: 'Exp', input: ['x'], output: ['a'] },
      { name: 'loop', opType: 'Neg', input: ['z'], output: ['z'] },
    ],
    output: [value('y', [1])],
  };
  const { graph: read, diagnostics } = readOnnx(model(graph));
  expect(read?.nodes.map(({ id }) => id)).toEqual(['x', 'first', 'second', 'loop']);
  expect(diagnostics.map(({ at, message }) => [at.path, message])).toEqual([
    ['loop', '`loop` (Neg, operator set 13): nothing gives its input `z`'],
  ]);
});

test('dropout in training asks for train mode', () => {
  const graph: OnnxGraph = {
    input: [value('x', [4])],
    initializer: [
      { name: 'ratio', dataType: 1, floatData: [0.25] },
      { name: 'train', dataType: 9, int32Data: [1] },
    ],
    node: [{ name: 'd', opType: 'Dropout', input: ['x', 'ratio', 'train'], output: ['y'] }],
    output: [value('y', [4])],
  };
  const { graph: read, mode } = readOnnx(model(graph));
  expect(mode).toBe('train');
  expect(read?.nodes.find(({ id }) => id === 'd')?.attributes['p']).toBe(0.25);
});

test('progress rises from 0 and may end the reading by what it throws', () => {
  const shares: number[] = [];
  readOnnx(model(twoLayers), { progress: (share) => void shares.push(share) });
  expect(shares[0]).toBe(0);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  const stop = new Error('called off');
  expect(() =>
    readOnnx(model(twoLayers), {
      progress: () => {
        throw stop;
      },
    }),
  ).toThrow(stop);
});

test.each([
  ['nothing', new Uint8Array()],
  ['text', new TextEncoder().encode('{"format": "chainrule/graph"}')],
  ['half a model', model(twoLayers).subarray(0, 200)],
])('%s is no model', (_, file) => {
  const { graph, diagnostics } = readOnnx(file);
  expect(graph).toBeNull();
  expect(diagnostics.map(({ code }) => code)).toEqual(['E_ONNX']);
});
