// Small valid files of every format, to be damaged: made by our writers, by fflate, or here by the format's description.
import { writeOnnx } from '../../../src/formats/onnx/write-onnx.ts';
import { sessionFormat, sessionVersion } from '../../../src/formats/session/session-file.ts';
import { writeSession } from '../../../src/formats/session/write-session.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { compile } from '../../../src/library/compile.ts';
import { createSession } from '../../../src/library/session.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { formatDiagnostic } from '../../../src/tensor/diagnostic.ts';
import { numel } from '../../../src/tensor/shape.ts';
import { type Tensor, tensor } from '../../../src/tensor/tensor.ts';
import { fileOf, type GraphSketch } from '../graphs.ts';

export const tensors = new Map<string, Tensor>([
  [
    'fc.weight',
    tensor(
      [3, 4],
      Array.from({ length: 12 }, (_, i) => i / 3),
    ),
  ],
  [
    'block1/conv1.weight',
    tensor(
      [2, 1, 3, 3],
      Array.from({ length: 18 }, (_, i) => i - 9),
    ),
  ],
  ['labels', tensor([5], [1, 2, 3, 4, 5], 'int32')],
  ['scalar', tensor([], [0.5])],
]);

const sketches: readonly GraphSketch[] = [
  {
    nodes: {
      x: ['input', {}, { shape: ['N', 1, 8, 8] }],
      conv: ['conv2d', { x: 'x.y' }, { out_channels: 2, padding: 1 }],
      norm: ['batch_norm', { x: 'conv.y' }],
      act: ['relu', { x: 'norm.y' }],
      pool: ['max_pool2d', { x: 'act.y' }, { kernel_size: 2 }],
      flat: ['flatten', { x: 'pool.y' }],
      fc: ['linear', { x: 'flat.y' }, { out_features: 3 }],
    },
  },
  {
    nodes: {
      a: ['input', {}, { shape: [2, 3] }],
      b: ['input', {}, { shape: [3] }],
      sum: ['add', { a: 'a.y', b: 'b.y' }],
      turned: ['transpose', { x: 'sum.y' }],
      y: ['softmax', { x: 'turned.y' }],
    },
  },
  {
    nodes: {
      x: ['input', {}, { shape: ['N', 2] }],
      fc: ['linear', { x: 'x.y' }, { out_features: 2 }],
      loss: ['cross_entropy', { x: 'fc.y' }],
    },
    training: {
      data: { source: 'spirals', options: {}, bind: { x: 'x', 'loss.target': 'label' } },
      epochs: 1,
      batch: 4,
    },
  },
];

/** Numbers that are known when the graph is compiled, and operators whose attributes make much of little. */
const growing: GraphSketch = {
  nodes: {
    c: ['constant', {}, { value: 1, shape: [4, 4] }],
    e: ['expand', { x: 'c.y' }, { shape: [2, 4, 4] }],
    p: ['pad', { x: 'e.y' }, { pad: [1, 1, 2, 2] }],
    r: ['reshape', { x: 'p.y' }, { shape: [1, 2, -1, 8] }],
    u: ['upsample_nearest2d', { x: 'r.y' }, { scale_factor: 2 }],
    k: [
      'constant',
      {},
      {
        value: [
          [1, 2],
          [3, 0],
        ],
        dtype: 'int32',
      },
    ],
    t: ['embedding', { x: 'k.y' }, { num_embeddings: 5, embedding_dim: 3 }],
    s: ['slice', { x: 't.y' }, { dims: [0], starts: [0], ends: [2], steps: [1] }],
    l: ['lstm', { x: 's.y' }, { hidden_size: 3, num_layers: 2 }],
    q: ['sum', { x: 'l.y' }],
    z: ['sum', { x: 'u.y' }],
    f: ['add', { a: 'q.y', b: 'z.y' }],
  },
  training: { loss: 'f.y', epochs: 1, batch: 4, optimizer: { kind: 'sgd' } },
};

const recurrent = {
  format: 'chainrule/graph',
  version: 1,
  name: 'recurrent',
  nodes: [
    { id: 'x', op: 'input', attributes: { shape: [4, 2, 3] } },
    {
      id: 'rnn',
      op: 'recurrence',
      block: 'cell',
      arguments: { hidden: 5 },
      attributes: { steps: 4, scan: ['x'], carry: { h: 'h' }, stack: { y: 'h' } },
    },
    { id: 'twice', op: 'block', block: 'residual' },
    { id: 'loss', op: 'mean' },
  ],
  edges: [
    { from: 'x.y', to: 'rnn.x' },
    { from: 'rnn.y', to: 'twice.x' },
    { from: 'twice.y', to: 'loss.x' },
  ],
  blocks: {
    cell: {
      arguments: { hidden: 5 },
      inputs: [{ name: 'x' }, { name: 'h', shape: [2, { arg: 'hidden' }] }],
      outputs: ['h'],
      nodes: [{ id: 'cell', op: 'rnn_cell', attributes: { hidden_size: { arg: 'hidden' } } }],
      edges: [
        { from: 'in.x', to: 'cell.x' },
        { from: 'in.h', to: 'cell.h' },
        { from: 'cell.h', to: 'out.h' },
      ],
    },
    residual: {
      inputs: [{ name: 'x' }],
      outputs: ['y'],
      nodes: [
        { id: 'fc', op: 'linear', attributes: { out_features: 5 } },
        { id: 'sum', op: 'add' },
      ],
      edges: [
        { from: 'in.x', to: 'fc.x' },
        { from: 'in.x', to: 'sum.a' },
        { from: 'fc.y', to: 'sum.b' },
        { from: 'sum.y', to: 'out.y' },
      ],
    },
  },
  training: {
    loss: 'loss.y',
    optimizer: { kind: 'adam', lr: 0.01 },
    penalty: { l1: 0, l2: 0.001, on: ['**.weight*'] },
  },
};

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const graphFiles = (): Uint8Array[] =>
  [...sketches.map(fileOf), fileOf(growing), recurrent].map((graph) => bytesOf(JSON.stringify(graph, null, 1)));

export function onnxFiles(): Uint8Array[] {
  return sketches.slice(0, 2).map((sketch) => {
    const { graph } = readGraph(fileOf(sketch));
    if (!graph) throw new Error('a sketch does not open');
    const session = createSession(compile(graph, { batch: 1, mode: 'eval' }));
    const { bytes, diagnostics } = writeOnnx(graph, { tensors: session.weights(), operators });
    if (!bytes) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
    // In Node a Buffer, whose slices are no copies.
    return new Uint8Array(bytes);
  });
}

/** ustar by its description: name, size in octal, mark, checksum left out, content in blocks. */
export function tar(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write(content.length.toString(8).padStart(11, '0'), 124);
    head.write('0', 156);
    head.write('ustar', 257);
    return [head, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export function idx(type: number, shape: readonly number[], elementBytes: number): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = type;
  head[3] = shape.length;
  shape.forEach((size, axis) => void head.writeUInt32BE(size, 4 + 4 * axis));
  return new Uint8Array(Buffer.concat([head, Buffer.alloc(numel(shape) * elementBytes, 7)]));
}

export const records = (labelBytes: number) =>
  Uint8Array.from({ length: 3 * (3072 + labelBytes) }, (_, i) => (i % (3072 + labelBytes) < labelBytes ? 3 : i % 251));

export const csv = 'x,y,label\n1.5,-2,"a, ""b"""\n3,4e5,c\n\n,,\n7,8,"line\nbreak"\n';
export const mixed = { 'a.bin': bytesOf('abc'.repeat(50)), 'folder/b.txt': bytesOf(csv), empty: new Uint8Array(0) };

export function sessionFiles(): readonly Uint8Array[] {
  return sketches.map((sketch, i) => {
    const { graph } = readGraph(fileOf(sketch));
    if (!graph) throw new Error('a sketch is not valid');
    const settings = {
      format: sessionFormat,
      version: sessionVersion,
      position: { iteration: 3, step: 2 },
      rate: 0.1,
      edits: [{ step: 1, name: 'fc.y', changes: [[0, 'NaN']] }],
      engine: { fusedMultiplyAdd: true },
      expanded: [],
      scope: [{ node: 'fc', kind: 'expansion' }],
      breakpoints: [{ path: 'fc', phase: 'backward', enabled: true, condition: 'any(isnan(y))' }],
      watches: [{ id: 'a', expression: 'loss', path: '' }],
    } as const;
    return writeSession({ graph, settings, numbers: i === 0 ? tensors : null, feeds: i === 1 ? tensors : null });
  });
}
