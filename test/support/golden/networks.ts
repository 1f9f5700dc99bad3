// The golden networks as graphs of ours: nodes and attributes through the table of golden operators, parameters by name
// (dots become underscores in ids). It leaves comparing to the tests.
import type { GraphFile } from '../../../src/graph/schema.ts';
import { graphOf, type Json, type NodeSketch } from '../graphs.ts';
import { type GoldenCase, type GoldenEntry, type GoldenTensor, loadGoldenTensors } from '../reference.ts';
import { type GoldenUse, goldenOperators } from './operators.ts';

type Named<T> = Readonly<Record<string, T>>;

export interface GoldenNetwork {
  readonly id: string;
  readonly graph: GraphFile;
  /** Golden parameter or buffer → our value. */
  readonly names: Named<string>;
  /** Values that start the run: feeds, parameters, buffers. */
  readonly start: Named<ArrayLike<number>>;
  readonly logits: string;
  tensor(name: string): GoldenTensor;
}

interface GoldenNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly params: readonly string[];
  readonly attrs: Json;
}

/** A golden name as an id of ours. */
export const idOf = (name: string) => name.replaceAll('.', '_');
const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
const rest = (name: string) => name.slice(0, name.lastIndexOf('.'));

/** The tensors of an entry's file; throws where one is missing. */
function tensorsOf(entry: GoldenEntry): (name: string) => GoldenTensor {
  const tensors = loadGoldenTensors(entry['file'] as string);
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`${entry.id}: no tensor ${name}`);
    return tensor;
  };
}

/** Golden inputs of a node as the cases of its operator call them. */
function inputNames({ op, inputs }: GoldenNode): string[] {
  if (op === 'Concat') return inputs.map((_, i) => `input${i}`);
  return inputs.length === 1 ? ['input'] : ['A', 'B'];
}

/** Operator, attributes and ports of a golden node; null where no operator of ours takes it. */
function translate(
  node: GoldenNode,
  shapes: Named<readonly number[]>,
): { op: string; use: GoldenUse; attributes: Json } | null {
  const inputs = [
    ...inputNames(node).map((name) => ({ name, shape: [] as readonly number[] })),
    ...node.params.map((name) => ({ name: last(name), shape: shapes[name] ?? [] })),
  ].map((input) => ({ ...input, tensor: '', dtype: 'F32' as const }));
  const golden: GoldenCase = { id: node.name, op: node.op, file: '', attrs: node.attrs, inputs, outputs: [] };
  for (const [op, uses] of Object.entries(goldenOperators)) {
    const use = uses.find((candidate) => candidate.op === node.op && (candidate.when?.(golden) ?? true));
    if (use) return { op, use, attributes: use.attributes?.(node.attrs, golden) ?? {} };
  }
  return null;
}

/** `kind: network`. Null where an operator is missing. */
export function layeredNetwork(entry: GoldenEntry, training: Json): GoldenNetwork | null {
  const tensor = tensorsOf(entry);
  const nodes: Record<string, NodeSketch> = {};
  const names: Record<string, string> = {};
  const image = tensor(entry['input'] as string);
  nodes['input'] = ['input', {}, { shape: ['N', ...image.shape.slice(1)] }];
  for (const node of entry['nodes'] as readonly GoldenNode[]) {
    const made = translate(node, entry['param_shapes'] as Named<readonly number[]>);
    if (!made) return null;
    const wires = Object.fromEntries(
      inputNames(node).map((name, i) => [made.use.inputs[name] as string, `${idOf(node.inputs[i] as string)}.y`]),
    );
    nodes[idOf(node.name)] = [made.op, wires, made.attributes];
    for (const name of node.params) {
      names[name] = `${idOf(node.name)}.${(made.use.inputs[last(name)] as string).replace('state.', '')}`;
    }
  }
  const scores = `${/on node "(.*)"/.exec(entry['loss'] as string)?.[1]}`;
  nodes['loss'] = ['cross_entropy', { x: `${idOf(scores)}.y` }];
  const owned = { ...(entry['params'] as Named<string>), ...(entry['buffers'] as Named<string>) };
  return {
    id: entry.id,
    graph: graphOf({ nodes, training: { loss: 'loss.y', batch: image.shape[0] as number, ...training } }),
    names,
    start: {
      'input.y': image.data,
      'loss.target': tensor(entry['labels'] as string).data,
      ...Object.fromEntries(Object.entries(owned).map(([name, at]) => [names[name] as string, tensor(at).data])),
    },
    logits: `${idOf(scores)}.y`,
    tensor,
  };
}

const cells: Named<{ readonly op: string; readonly carried: readonly string[]; readonly attributes: Json }> = {
  rnn: { op: 'rnn_cell', carried: ['h'], attributes: {} },
  lstm: { op: 'lstm_cell', carried: ['h', 'c'], attributes: {} },
  gru: { op: 'gru_cell', carried: ['h'], attributes: {} },
};

/** `kind: char_rnn`: a recurrence over a block of stacked cells, and a linear read-out. Null where the cell is missing. */
export function recurrentNetwork(entry: GoldenEntry, training: Json, operators: Json): GoldenNetwork | null {
  const cell = cells[entry['cell'] as string];
  if (!cell || !Object.hasOwn(operators, cell.op)) return null;
  const tensor = tensorsOf(entry);
  const layers = entry['num_layers'] as number;
  const hidden = entry['hidden_size'] as number;
  const [steps, batch] = [entry['unroll'] as number, entry['batch'] as number];
  const classes = (entry['vocabulary'] as readonly string[]).length;
  const inner: Record<string, NodeSketch> = {};
  const outputs: Record<string, string> = {};
  for (let layer = 0; layer < layers; layer++) {
    const id = `cell${layer}`;
    const states = Object.fromEntries(cell.carried.map((state) => [state, `in.${state}${layer}`]));
    inner[id] = [cell.op, { x: layer === 0 ? 'in.x' : `cell${layer - 1}.h`, ...states }, { hidden_size: hidden }];
    for (const state of cell.carried) outputs[`${state}${layer}`] = `${id}.${state}`;
  }
  const carried = Object.keys(outputs);
  const graph = graphOf({
    nodes: {
      text: ['input', {}, { shape: [steps, 'N', classes] }],
      rnn: [
        'recurrence',
        { x: 'text.y' },
        {
          steps,
          scan: ['x'],
          carry: Object.fromEntries(carried.map((name) => [name, name])),
          stack: { y: `h${layers - 1}` },
          last: {},
        },
        { block: 'layers' },
      ],
      fc: ['linear', { x: 'rnn.y' }, { out_features: classes }],
      loss: ['cross_entropy', { x: 'fc.y' }, { dim: -1 }],
    },
    blocks: {
      layers: {
        inputs: [{ name: 'x' }, ...carried.map((name) => ({ name, shape: ['N', hidden] }))],
        nodes: inner,
        outputs,
      },
    },
    training: { loss: 'loss.y', batch, ...training },
  });
  const names = Object.fromEntries(
    Object.keys(entry['params'] as Json).map((name) => {
      const [, port, layer] = /^(.*)_l(\d+)$/.exec(last(name)) ?? [];
      return [name, rest(name) === 'fc' ? name : `rnn/cell${layer}.${port}`];
    }),
  );
  const letters = tensor(entry['input'] as string).data;
  const oneHot = new Float32Array(letters.length * classes);
  for (const [i, letter] of letters.entries()) oneHot[i * classes + letter] = 1;
  return {
    id: entry.id,
    graph,
    names,
    start: {
      'text.y': oneHot,
      'loss.target': tensor(entry['labels'] as string).data,
      ...Object.fromEntries(
        Object.entries(entry['params'] as Named<string>).map(([name, at]) => [names[name] as string, tensor(at).data]),
      ),
    },
    logits: 'fc.y',
    tensor,
  };
}

/** `kind: mlp_training`: two linear layers with tanh between. */
export function mlpNetwork(entry: GoldenEntry, training: Json): GoldenNetwork {
  const tensor = tensorsOf(entry);
  const params = entry['params'] as Named<string>;
  const input = tensor(entry['input'] as string);
  const sizeOf = (name: string) => tensor(params[name] as string).shape[0] as number;
  return {
    id: entry.id,
    graph: graphOf({
      nodes: {
        input: ['input', {}, { shape: ['N', input.shape[1] as number] }],
        fc1: ['linear', { x: 'input.y' }, { out_features: sizeOf('fc1.weight') }],
        bend: ['tanh', { x: 'fc1.y' }],
        fc2: ['linear', { x: 'bend.y' }, { out_features: sizeOf('fc2.weight') }],
        loss: ['cross_entropy', { x: 'fc2.y' }],
      },
      training: { loss: 'loss.y', batch: input.shape[0] as number, ...training },
    }),
    names: Object.fromEntries(Object.keys(params).map((name) => [name, name])),
    start: {
      'input.y': input.data,
      'loss.target': tensor(entry['labels'] as string).data,
      ...Object.fromEntries(Object.entries(params).map(([name, at]) => [name, tensor(at).data])),
    },
    logits: 'fc2.y',
    tensor,
  };
}
