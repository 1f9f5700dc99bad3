// Small random graphs whose shapes always fit: a list of moves, each of which puts one operator behind values that are
// there. Any list makes a graph, so that fast-check can shrink it. Covers branches, shared and frozen parameters, blocks,
// recurrences, several losses; steers clear of operators that overflow.
import fc from 'fast-check';
import type { GraphFile } from '../../src/graph/schema.ts';
import type { Plan } from '../../src/program/plan.ts';
import { createRandom } from '../../src/tensor/random.ts';
import { type BlockSketch, type GraphSketch, graphOf, type Json, type NodeSketch, type Numbers } from './graphs.ts';

export interface Move {
  /** Which kind of node; whose value it takes (counted from the newest); a second choice; a size. */
  readonly kind: number;
  readonly from: number;
  readonly other: number;
  readonly size: number;
}

interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

interface Draft {
  readonly nodes: Record<string, NodeSketch>;
  readonly blocks: Record<string, BlockSketch>;
  readonly values: Value[];
  readonly batch: number;
}

const unary = ['relu', 'tanh', 'sigmoid', 'leaky_relu', 'square', 'neg', 'abs', 'softplus', 'silu', 'sin', 'elu'];
const binary = ['add', 'sub', 'mul', 'maximum', 'minimum'];

type Step = (draft: Draft, move: Move, x: Value, id: string) => Value | null;

function place(draft: Draft, id: string, shape: readonly number[], node: NodeSketch): Value {
  draft.nodes[id] = node;
  return { name: `${id}.y`, shape };
}

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A value of the same shape, or of a shape that broadcasts to it. */
function partner({ values }: Draft, { other }: Move, { shape }: Value): Value {
  const fits = values.filter(
    (value) =>
      value.shape.length <= shape.length &&
      value.shape.every((size, i) => size === 1 || size === shape[shape.length - value.shape.length + i]),
  );
  return pick(fits.toReversed(), other);
}

const images =
  (step: Step): Step =>
  (draft, move, _, id) => {
    const maps = draft.values.filter(
      (value) => value.shape.length === 4 && (value.shape[2] as number) >= 2 && (value.shape[3] as number) >= 2,
    );
    return maps.length === 0 ? null : step(draft, move, pick(maps.toReversed(), move.from), id);
  };

const ranked =
  (least: number, step: Step): Step =>
  (draft, move, x, id) =>
    x.shape.length < least ? null : step(draft, move, x, id);

function convolve(draft: Draft, { size, other }: Move, x: Value, id: string): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const kernel = 1 + (size % Math.min(3, h, w));
  const [padding, stride, out] = [other % 2, 1 + (size % 2), pick([1, 2, 3, 4], other)];
  const groups = c === out && other % 3 === 0 ? c : 1;
  const side = (length: number) => Math.floor((length + 2 * padding - kernel) / stride) + 1;
  const attributes = { out_channels: out, kernel_size: kernel, padding, stride, groups, bias: size % 3 !== 0 };
  return place(draft, id, [n, out, side(h), side(w)], ['conv2d', { x: x.name }, attributes]);
}

function pool(op: 'max_pool2d' | 'avg_pool2d'): Step {
  return (draft, { other }, x, id) => {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const stride = 1 + (other % 2);
    const side = (length: number) => Math.floor((length - 2) / stride) + 1;
    return place(draft, id, [n, c, side(h), side(w)], [op, { x: x.name }, { kernel_size: 2, stride }]);
  };
}

function reduce(draft: Draft, { size, other }: Move, x: Value, id: string): Value {
  const dim = size % x.shape.length;
  const keepdim = other % 2 === 0;
  const shape = keepdim ? x.shape.with(dim, 1) : x.shape.toSpliced(dim, 1);
  return place(draft, id, shape, [
    pick(['sum', 'mean', 'amax', 'amin'], other),
    { x: x.name },
    { dim: [dim], keepdim },
  ]);
}

function join(draft: Draft, { size, other }: Move, x: Value, id: string): Value {
  const dim = size % x.shape.length;
  const fits = draft.values.filter(
    ({ shape }) =>
      shape.length === x.shape.length && shape.every((each, axis) => axis === dim || each === x.shape[axis]),
  );
  const second = pick(fits.toReversed(), other);
  const shape = x.shape.with(dim, (x.shape[dim] as number) + (second.shape[dim] as number));
  return place(draft, id, shape, ['concat', { x0: x.name, x1: second.name }, { dim }]);
}

/** Two linear layers that read one parameter node. */
function shareWeight(draft: Draft, _: Move, x: Value, id: string): Value {
  const width = x.shape.at(-1) as number;
  const weight = `shared${width}`;
  draft.nodes[weight] ??= ['parameter', {}, { shape: [width, width] }];
  const first = `${id}_first`;
  draft.nodes[first] = ['linear', { x: x.name, weight: `${weight}.y` }, { out_features: width }];
  return place(draft, id, x.shape, [
    'linear',
    { x: `${first}.y`, weight: `${weight}.y` },
    { out_features: width, bias: false },
  ]);
}

function residual(draft: Draft, { size }: Move, x: Value, id: string): Value {
  const width = x.shape.at(-1) as number;
  draft.blocks['residual'] = {
    inputs: [{ name: 'x' }],
    arguments: { width: 1 },
    nodes: {
      fc: ['linear', { x: 'in.x' }, { out_features: { arg: 'width' } }],
      bend: ['tanh', { x: 'fc.y' }],
      sum: ['add', { a: 'in.x', b: 'bend.y' }],
    },
    outputs: { y: 'sum.y' },
  };
  const use: NodeSketch = ['block', { x: x.name }, {}, { block: 'residual', arguments: { width } }];
  if (size % 2 === 0) return place(draft, id, x.shape, use);
  draft.nodes[`${id}_before`] = use;
  return place(draft, id, x.shape, ['block', { x: `${id}_before.y` }, {}, { block: 'residual', arguments: { width } }]);
}

/** Scans dimension 0: h ← tanh(linear(x) + linear(h)). */
function scan(draft: Draft, { other }: Move, x: Value, id: string): Value {
  const [steps, ...slice] = x.shape as [number, ...number[]];
  const width = slice.at(-1) as number;
  const block = `scan${slice.join('_')}`;
  draft.blocks[block] = {
    inputs: [{ name: 'x' }, { name: 'h', shape: slice }],
    nodes: {
      left: ['linear', { x: 'in.x' }, { out_features: width }],
      right: ['linear', { x: 'in.h' }, { out_features: width, bias: false }],
      sum: ['add', { a: 'left.y', b: 'right.y' }],
      bend: ['tanh', { x: 'sum.y' }],
    },
    outputs: { h: 'bend.y' },
  };
  const node: NodeSketch = [
    'recurrence',
    { x: x.name },
    { steps, scan: ['x'], carry: { h: 'h' }, stack: { y: 'h' }, last: { last: 'h' } },
    { block },
  ];
  draft.nodes[id] = node;
  return other % 2 === 0 ? { name: `${id}.y`, shape: x.shape } : { name: `${id}.last`, shape: slice };
}

const steps: readonly Step[] = [
  (draft, { other }, x, id) => place(draft, id, x.shape, [pick(unary, other), { x: x.name }]),
  (draft, move, x, id) =>
    place(draft, id, x.shape, [pick(binary, move.size), { a: x.name, b: partner(draft, move, x).name }]),
  ranked(1, (draft, { size }, x, id) => {
    const out = 1 + (size % 4);
    return place(draft, id, x.shape.with(-1, out), [
      'linear',
      { x: x.name },
      { out_features: out, bias: size % 2 === 0 },
    ]);
  }),
  images(convolve),
  images(pool('max_pool2d')),
  images(pool('avg_pool2d')),
  images((draft, _, x, id) => place(draft, id, x.shape, ['batch_norm', { x: x.name }])),
  images((draft, _, x, id) => place(draft, id, [...x.shape.slice(0, 2), 1, 1], ['global_avg_pool2d', { x: x.name }])),
  ranked(1, reduce),
  ranked(1, join),
  ranked(1, shareWeight),
  ranked(1, residual),
  ranked(2, scan),
  ranked(2, (draft, _, x, id) =>
    place(draft, id, [x.shape[0] as number, product(x.shape.slice(1))], ['flatten', { x: x.name }]),
  ),
  ranked(2, (draft, { size }, x, id) => {
    const order = x.shape.map((_, axis) => (axis + 1 + size) % x.shape.length);
    return place(
      draft,
      id,
      order.map((axis) => x.shape[axis] as number),
      ['transpose', { x: x.name }, { dims: order }],
    );
  }),
  ranked(1, (draft, { size }, x, id) => {
    const dim = size % x.shape.length;
    const end = Math.max(1, (x.shape[dim] as number) - 1);
    return place(draft, id, x.shape.with(dim, end), [
      'slice',
      { x: x.name },
      { starts: [0], ends: [end], dims: [dim] },
    ]);
  }),
  ranked(1, (draft, { size, other }, x, id) =>
    place(draft, id, x.shape, [pick(['softmax', 'log_softmax'], other), { x: x.name }, { dim: size % x.shape.length }]),
  ),
  (draft, { size }, x, id) => place(draft, id, x.shape, ['dropout', { x: x.name }, { p: 0.25 * (1 + (size % 2)) }]),
  (draft, { size }, x, id) => {
    draft.nodes[`${id}_two`] = ['constant', {}, { value: size - 1.5 }];
    draft.nodes[`${id}_half`] = ['constant', {}, { value: 0.3, shape: [3] }];
    draft.nodes[`${id}_power`] = ['exp', { x: `${id}_half.y` }];
    draft.nodes[`${id}_mean`] = ['mean', { x: `${id}_power.y` }];
    draft.nodes[`${id}_sum`] = ['add', { a: `${id}_two.y`, b: `${id}_mean.y` }];
    return place(draft, id, x.shape, ['mul', { a: x.name, b: `${id}_sum.y` }]);
  },
];

const optimizers: readonly Json[] = [
  { kind: 'sgd', lr: 0.1 },
  { kind: 'momentum', lr: 0.05, momentum: 0.9, weight_decay: 0.01 },
  { kind: 'adam', lr: 0.01 },
  { kind: 'rmsprop', lr: 0.01, momentum: 0.5 },
];

export interface RandomGraph {
  readonly sketch: GraphSketch;
  readonly graph: GraphFile;
}

/** The graph that the moves make; its loss is the sum of a loss on every value that no node takes. */
export function graphFromMoves(moves: readonly Move[], setup: Move): RandomGraph {
  const batch = 2 + (setup.from % 2);
  const draft: Draft = {
    batch,
    blocks: {},
    nodes: {
      image: ['input', {}, { shape: ['N', 2, 4, 5] }],
      vector: ['input', {}, { shape: ['N', 3] }],
      bank: ['parameter', {}, { shape: [batch, 3] }],
    },
    values: [
      { name: 'bank.y', shape: [batch, 3] },
      { name: 'vector.y', shape: [batch, 3] },
      { name: 'image.y', shape: [batch, 2, 4, 5] },
    ],
  };
  moves.forEach((move, i) => {
    const x = pick(draft.values.toReversed(), move.from);
    const value = pick(steps, move.kind)(draft, move, x, `n${i}`);
    if (value && product(value.shape) <= 512) draft.values.push(value);
    else if (value) delete draft.nodes[`n${i}`];
  });
  const { nodes } = draft;
  const used = new Set(Object.values(nodes).flatMap(([, wires = {}]) => Object.values(wires)));
  const ends = draft.values.filter((value) => !used.has(value.name));
  let loss: string | null = null;
  ends.forEach((end, i) => {
    const classes = end.shape.length === 2 && (end.shape[1] as number) >= 2 && (setup.size + i) % 2 === 0;
    if (classes) nodes[`loss${i}`] = ['cross_entropy', { x: end.name }];
    else nodes[`loss${i}`] = ['mse_loss', { x: end.name }];
    const sum = `total${i}`;
    if (loss !== null) nodes[sum] = ['add', { a: loss, b: `loss${i}.y` }];
    loss = loss === null ? `loss${i}.y` : `${sum}.y`;
  });
  const frozen = Object.keys(nodes).find((id) => nodes[id]?.[0] === 'linear' && setup.other % 3 === 0);
  if (frozen !== undefined) {
    const [op, wires, attributes] = nodes[frozen] as NodeSketch;
    nodes[frozen] = [op, wires ?? {}, attributes ?? {}, { parameters: { bias: { trainable: false } } }];
  }
  const sketch: GraphSketch = {
    nodes,
    blocks: draft.blocks,
    seed: setup.kind,
    training: {
      loss,
      batch,
      optimizer: pick(optimizers, setup.kind),
      ...(setup.size % 3 === 1 ? { clip: { kind: pick(['norm', 'value'], setup.kind), max: 0.1 } } : {}),
      ...(setup.size % 4 === 2 ? { penalty: { l1: 0.01, l2: 0.1 * (setup.kind % 2) } } : {}),
    },
  };
  return { sketch, graph: graphOf(sketch) };
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.nat(steps.length - 1),
  from: fc.nat(5),
  other: fc.nat(11),
  size: fc.nat(11),
});

/** `most` moves at the most. */
export function randomGraph(most = 9): fc.Arbitrary<RandomGraph> {
  return fc
    .tuple(fc.array(move, { minLength: 1, maxLength: most }), move)
    .map(([moves, setup]) => graphFromMoves(moves, setup));
}

/** Seeded contents for every feed: standard normal numbers, labels 0 and 1. */
export function feedsFor(plan: Plan): Record<string, Numbers> {
  const feeds: Record<string, Numbers> = {};
  for (const { kind, name, dtype, bytes } of plan.values) {
    if (kind !== 'feed') continue;
    const random = createRandom(7, name);
    feeds[name] = Array.from({ length: bytes / 4 }, () => (dtype === 'int32' ? random.integer(2) : random.normal()));
  }
  return feeds;
}
