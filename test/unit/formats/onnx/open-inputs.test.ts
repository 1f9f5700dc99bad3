// What a file leaves open of its inputs: sizes by name, shapes, numbers that decide shapes; and what it says twice.
import { describe, expect, test } from 'vitest';
import { proposeNumbers } from '../../../../src/formats/onnx/propose-numbers.ts';
import { readOnnx } from '../../../../src/formats/onnx/read-onnx.ts';
import { type Tensor, tensor } from '../../../../src/tensor/tensor.ts';
import { floats, node, type OnnxGraph, onnxModel, value, wholes } from '../../../support/onnx/messages.ts';
import { runReading } from '../../../support/onnx/node-tests.ts';

type Sizes = readonly (number | string | null)[];

/** Shapes of the inputs as they are read. */
function shapesOf(inputs: Readonly<Record<string, Sizes>>, dims?: Readonly<Record<string, number>>): unknown[] {
  const names = Object.keys(inputs);
  const graph = {
    input: names.map((name) => value(name, inputs[name] as Sizes)),
    node: names.map((name) => node('Relu', [name], [`${name}_y`])),
    output: names.map((name) => value(`${name}_y`, [])),
  };
  const read = readOnnx(onnxModel(graph), dims ? { dims } : {}).graph;
  return (read?.nodes ?? []).filter(({ op }) => op === 'input').map(({ attributes }) => attributes['shape']);
}

describe('sizes that a file leaves open', () => {
  test.each<[string, Readonly<Record<string, Sizes>>, unknown[]]>([
    ['the batch is where its name stands', { x: ['seq_len', 'batch_size', 8] }, [['seq_len', 'N', 8]]],
    [
      'without such a name it leads the first input',
      { x: ['rows', 3], y: ['others', 4] },
      [
        ['N', 3],
        ['others', 4],
      ],
    ],
    [
      'a name is one size everywhere',
      { a: ['M', 'K'], b: ['K', 2] },
      [
        ['N', 'K'],
        ['K', 2],
      ],
    ],
    [
      'N is the batch wherever it stands',
      { x: [32, 'N'], y: ['steps', 'N'] },
      [
        [32, 'N'],
        ['steps', 'N'],
      ],
    ],
    [
      'unless another name speaks of it: N elsewhere is another size than the batch',
      { a: ['batch', 'N'] },
      [['N', 'N2']],
    ],
    ['unnamed ones are told apart by their place', { x: [null, null, 'unk__7'] }, [['N', 'x_1', 'x_2']]],
    ['names that say nothing are no names', { x: ['None', 'None', '?'] }, [['N', 'x_1', 'x_2']]],
    ['two names that make one id stay two', { x: [1, 'a-b', 'a.b'] }, [[1, 'a_b', 'a_b2']]],
  ])('%s', (_, inputs, expected) => {
    expect(shapesOf(inputs)).toEqual(expected);
  });

  test('are given by the name in the file, or by the one that they have here', () => {
    const inputs = { x: ['batch', 'my size', 'my-size'] };
    expect(shapesOf(inputs, { 'my size': 5 })).toEqual([['N', 5, 'my_size2']]);
    expect(shapesOf(inputs, { my_size2: 7, N: 2 })).toEqual([[2, 'my_size', 7]]);
  });

  test('settle nodes that could not be read without them', () => {
    // The shape of y decides into how many pieces, and with them how many outputs, x falls.
    const graph: OnnxGraph = {
      input: [value('x', [1, 'width'])],
      initializer: [wholes('second', 1), floats('one', [1, 1], [9])],
      node: [
        node('Shape', ['x'], ['sizes']),
        node('Gather', ['sizes', 'second'], ['width']),
        node('Concat', ['width', 'second'], ['pieces'], { attribute: [{ name: 'axis', type: 2, i: 0 }] }),
        node('Split', ['wide', 'pieces'], ['y', 'rest'], { attribute: [{ name: 'axis', type: 2, i: 1 }] }),
        node('Concat', ['x', 'one'], ['wide'], { attribute: [{ name: 'axis', type: 2, i: 1 }] }),
      ],
      output: [value('y', [1, null])],
    };
    expect(readOnnx(onnxModel(graph)).diagnostics.map(({ code }) => code)).toEqual(['E_ONNX_NODE']);
    const reading = readOnnx(onnxModel(graph), { dims: { width: 3 } });
    expect(reading.diagnostics).toEqual([]);
    const x = tensor([1, 3], [1, 2, 3]);
    expect(runReading(reading, new Map([['x', x]]))('y')).toEqual(x);
  });
});

test('an input without a shape is asked for, and read with the shape that is given', () => {
  const graph: OnnxGraph = {
    input: [{ name: 'x', type: { tensorType: { elemType: 1 } } }],
    node: [node('Neg', ['x'], ['y'])],
    output: [value('y', [null, null])],
  };
  const first = readOnnx(onnxModel(graph));
  expect(first.toShape).toEqual(['x']);
  expect(first.diagnostics.map(({ code }) => code)).toEqual(['E_ONNX_SHAPE']);
  const reading = readOnnx(onnxModel(graph), { shapes: new Map([['x', ['N', 2]]]) });
  expect([reading.diagnostics, reading.toShape]).toEqual([[], []]);
  const run = runReading(reading, new Map([['x', tensor([1, 2], [1, -2])]]));
  expect(run('y')).toEqual(tensor([1, 2], [-1, 2]));
});

test('an input of nine dimensions is refused, not cut to eight', () => {
  const graph: OnnxGraph = {
    input: [value('x', [1, 1, 1, 1, 1, 1, 1, 1, 5])],
    node: [node('Neg', ['x'], ['y'])],
    output: [value('y', [])],
  };
  expect(readOnnx(onnxModel(graph)).diagnostics[0]).toMatchObject({
    code: 'E_ONNX_INPUT',
    message: 'the input `x` has 9 dimensions, 8 are supported',
  });
});

describe('numbers proposed for inputs that decide shapes', () => {
  const proposed = (graph: OnnxGraph) => {
    const bytes = onnxModel(graph);
    const fix = new Map<string, Tensor>();
    let reading = readOnnx(bytes);
    // What one input is may show that another decides shapes, too.
    while (reading.toFix.length > 0) {
      const read = (more: ReadonlyMap<string, Tensor>) => readOnnx(bytes, { fix: new Map([...fix, ...more]) });
      for (const [name, numbers] of proposeNumbers(reading, reading.toFix, read)) fix.set(name, numbers);
      reading = readOnnx(bytes, { fix });
    }
    expect([reading.diagnostics, reading.unshaped]).toEqual([[], 0]);
    return Object.fromEntries([...fix].map(([name, { data }]) => [name, [...data]]));
  };

  test('let the file open: a shape stays as it was, counts are one', () => {
    const graph: OnnxGraph = {
      input: [
        value('x', [2, 3, 4]),
        value('shape', [3], 7),
        value('k', [1], 7),
        value('starts', [1], 7),
        value('ends', [1], 7),
      ],
      node: [
        node('Reshape', ['x', 'shape'], ['r']),
        node('TopK', ['r', 'k'], ['values', 'places']),
        node('Slice', ['values', 'starts', 'ends'], ['y']),
      ],
      output: [value('y', [null, null, null])],
    };
    expect(proposed(graph)).toMatchObject({ shape: [0, 0, -1], k: [1] });
  });

  test('of an open length are one', () => {
    const graph: OnnxGraph = {
      input: [value('x', [2, 3]), value('shape', [null], 7)],
      node: [node('Reshape', ['x', 'shape'], ['y'])],
      output: [value('y', [null])],
    };
    expect(proposed(graph)).toEqual({ shape: [-1] });
  });
});

describe('what a file says twice', () => {
  const said = (graph: OnnxGraph) =>
    readOnnx(onnxModel({ output: [value('y', [1])], ...graph })).diagnostics.map(({ code, severity }) => [
      severity,
      code,
    ]);

  test('a name that two nodes give, or a node and the border', () => {
    const both = [node('Neg', ['x'], ['y']), node('Abs', ['x'], ['y'])];
    expect(said({ input: [value('x', [1])], node: both })).toEqual([['error', 'E_ONNX_DUPLICATE']]);
    const over = [node('Neg', ['x'], ['x']), node('Abs', ['x'], ['y'])];
    expect(said({ input: [value('x', [1])], node: over })).toContainEqual(['error', 'E_ONNX_DUPLICATE']);
  });

  test('an input, or numbers', () => {
    const plain = [node('Neg', ['x'], ['y'])];
    expect(said({ input: [value('x', [1]), value('x', [2])], node: plain })).toEqual([['error', 'E_ONNX_DUPLICATE']]);
    const lists = [floats('x', [1], [1]), floats('x', [1], [2])];
    expect(said({ initializer: lists, node: plain })).toEqual([['warning', 'W_ONNX_DUPLICATE']]);
  });
});

describe('a few bytes that ask for much memory', () => {
  /** Bytes that reading takes, beyond what it gives back. */
  const taken = (graph: OnnxGraph) => {
    const before = process.memoryUsage().arrayBuffers;
    const reading = readOnnx(onnxModel({ output: [value('y', [null])], ...graph }));
    return { reading, bytes: process.memoryUsage().arrayBuffers - before };
  };
  const most = 2 ** 27;

  test.each<[string, OnnxGraph]>([
    [
      'numbers of one shape cast to another type',
      {
        initializer: [wholes('s', 20_000, 20_000)],
        node: [
          node('ConstantOfShape', ['s'], ['c']),
          node('Cast', ['c'], ['y'], { attribute: [{ name: 'to', type: 2, i: 7 }] }),
        ],
      },
    ],
    [
      'statistics of half a thousand million channels',
      {
        input: [value('x', [1, 500_000_000])],
        initializer: [wholes('s', 500_000_000)],
        node: [node('ConstantOfShape', ['s'], ['c']), node('BatchNormalization', ['x', 'c', 'c', 'c', 'c'], ['y'])],
      },
    ],
    ['a large unit matrix', { input: [value('x', [20_000, 20_000])], node: [node('EyeLike', ['x'], ['y'])] }],
    [
      'places of many planes',
      {
        input: [value('x', [20_000, 20_000, 1, 1])],
        node: [node('MaxPool', ['x'], ['a', 'y'], { attribute: [{ name: 'kernel_shape', type: 7, ints: [1, 1] }] })],
      },
    ],
    [
      'weights of no directions and many gates',
      {
        input: [value('x', [2, 1, 1])],
        initializer: [floats('w', [1, 0, 1], []), floats('r', [1, 0, 2_000_000_000], [])],
        node: [node('LSTM', ['x', 'w', 'r'], ['y'])],
      },
    ],
    [
      'many equal parts',
      {
        input: [value('x', [2_000_000_000])],
        node: [node('Split', ['x'], ['y'], { attribute: [{ name: 'num_outputs', type: 2, i: 2_000_000_000 }] })],
      },
    ],
    [
      'many time steps, one by one',
      {
        input: [value('x', [500_000_000, 1, 1])],
        initializer: [floats('w', [1, 4, 1], [1, 1, 1, 1]), floats('r', [1, 4, 1], [1, 1, 1, 1])],
        node: [node('LSTM', ['x', 'w', 'r'], ['y'], { attribute: [{ name: 'clip', type: 1, f: 1 }] })],
      },
    ],
  ])('%s', (_, graph) => {
    const { reading, bytes } = taken(graph);
    expect(reading.graph).not.toBeNull();
    expect(bytes).toBeLessThan(most);
  });
});
