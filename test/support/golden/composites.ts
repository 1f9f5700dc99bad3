// The golden cases that are small graphs of several operators, as nodes and wires: `id: [op, { port: 'node.port' },
// attributes]`. Golden inputs are input nodes of their names; `outputs` says which value each golden output is.
import type { OpId } from '../../../src/operators/registry.generated.ts';

export type CompositeNode = readonly [
  op: OpId,
  wires: Readonly<Record<string, string>>,
  attributes?: Readonly<Record<string, unknown>>,
];

export interface Composite {
  readonly nodes: Readonly<Record<string, CompositeNode>>;
  readonly outputs: Readonly<Record<string, string>>;
}

const convolution = (x: string, weight: string, outChannels: number, size: number): CompositeNode => [
  'conv2d',
  { x, weight },
  { out_channels: outChannels, kernel_size: size, padding: (size - 1) / 2, bias: false },
];
const unbiased = (x: string, outFeatures: number): CompositeNode => [
  'linear',
  { x, weight: 'weight.y' },
  { out_features: outFeatures, bias: false },
];

export const goldenComposites: Readonly<Record<string, Composite>> = {
  'add/same_operand_twice': { nodes: { sum: ['add', { a: 'input.y', b: 'input.y' }] }, outputs: { output: 'sum.y' } },
  'mul/same_operand_twice': {
    nodes: { product: ['mul', { a: 'input.y', b: 'input.y' }] },
    outputs: { output: 'product.y' },
  },
  'concat/same_input_twice': {
    nodes: { join: ['concat', { x0: 'input.y', x1: 'input.y' }, { dim: 1 }] },
    outputs: { output: 'join.y' },
  },
  'multiclass_hinge/two_layer_net_with_l2': {
    nodes: {
      product1: ['matmul', { a: 'input.y', b: 'W1.y' }],
      hidden: ['add', { a: 'product1.y', b: 'b1.y' }],
      active: ['relu', { x: 'hidden.y' }],
      product2: ['matmul', { a: 'active.y', b: 'W2.y' }],
      scores: ['add', { a: 'product2.y', b: 'b2.y' }],
      hinge: ['multiclass_hinge', { x: 'scores.y', target: 'target.y' }],
      penalty: ['l2_penalty', { x0: 'W1.y', x1: 'W2.y' }, { weight: 0.1 }],
      loss: ['add', { a: 'hinge.y', b: 'penalty.y' }],
    },
    outputs: { scores: 'scores.y', output: 'loss.y' },
  },
  'graph/diamond': {
    nodes: {
      m: ['mul', { a: 'input.y', b: 'w.y' }],
      left: ['tanh', { x: 'm.y' }],
      gate: ['sigmoid', { x: 'm.y' }],
      right: ['mul', { a: 'gate.y', b: 'input.y' }],
      sum: ['add', { a: 'left.y', b: 'right.y' }],
    },
    outputs: { output: 'sum.y' },
  },
  'graph/shared_weight': {
    nodes: {
      first: unbiased('input.y', 4),
      bend1: ['tanh', { x: 'first.y' }],
      second: unbiased('bend1.y', 4),
      bend2: ['tanh', { x: 'second.y' }],
      third: unbiased('bend2.y', 4),
    },
    outputs: { output: 'third.y' },
  },
  'graph/siamese': {
    nodes: {
      left: ['linear', { x: 'input1.y', weight: 'weight.y', bias: 'bias.y' }, { out_features: 4 }],
      right: ['linear', { x: 'input2.y', weight: 'weight.y', bias: 'bias.y' }, { out_features: 4 }],
      e1: ['relu', { x: 'left.y' }],
      e2: ['relu', { x: 'right.y' }],
      difference: ['sub', { a: 'e1.y', b: 'e2.y' }],
      squares: ['square', { x: 'difference.y' }],
      distance: ['sum', { x: 'squares.y' }, { dim: [1] }],
    },
    outputs: { output: 'distance.y' },
  },
  'graph/residual_block': {
    nodes: {
      conv1: convolution('input.y', 'w1.y', 3, 3),
      relu1: ['relu', { x: 'conv1.y' }],
      conv2: convolution('relu1.y', 'w2.y', 3, 3),
      sum: ['add', { a: 'conv2.y', b: 'input.y' }],
      relu2: ['relu', { x: 'sum.y' }],
    },
    outputs: { output: 'relu2.y' },
  },
  'graph/inception_block': {
    nodes: {
      one: convolution('input.y', 'w1.y', 2, 1),
      three: convolution('input.y', 'w3.y', 3, 3),
      five: convolution('input.y', 'w5.y', 2, 5),
      pool: ['max_pool2d', { x: 'input.y' }, { kernel_size: 3, stride: 1, padding: 1 }],
      join: ['concat', { x0: 'one.y', x1: 'three.y', x2: 'five.y', x3: 'pool.y' }, { dim: 1 }],
    },
    outputs: { output: 'join.y' },
  },
  'graph/attention': {
    nodes: {
      turned: ['transpose', { x: 'k.y' }, { dims: [0, 2, 1] }],
      scores: ['matmul', { a: 'q.y', b: 'turned.y' }],
      root: ['constant', {}, { value: Math.sqrt(6) }],
      scaled: ['div', { a: 'scores.y', b: 'root.y' }],
      weights: ['softmax', { x: 'scaled.y' }],
      mixed: ['matmul', { a: 'weights.y', b: 'v.y' }],
    },
    outputs: { output: 'mixed.y' },
  },
  'graph/multi_output': {
    nodes: {
      active: ['relu', { x: 'input.y' }],
      scores: unbiased('active.y', 2),
      squares: ['pow', { a: 'input.y' }],
      norm: ['mean', { x: 'squares.y' }],
    },
    outputs: { scores: 'scores.y', norm: 'norm.y' },
  },
  'graph/cs231n_sigmoid_neuron': {
    nodes: {
      first: ['mul', { a: 'w0.y', b: 'x0.y' }],
      second: ['mul', { a: 'w1.y', b: 'x1.y' }],
      both: ['add', { a: 'first.y', b: 'second.y' }],
      score: ['add', { a: 'both.y', b: 'w2.y' }],
      negative: ['neg', { x: 'score.y' }],
      power: ['exp', { x: 'negative.y' }],
      one: ['constant', {}, { value: 1 }],
      below: ['add', { a: 'power.y', b: 'one.y' }],
      neuron: ['reciprocal', { x: 'below.y' }],
    },
    outputs: { output: 'neuron.y' },
  },
  'graph/detach': {
    nodes: {
      still: ['detach', { x: 'input.y' }],
      product: ['mul', { a: 'input.y', b: 'still.y' }],
    },
    outputs: { output: 'product.y' },
  },
  'max_unpool2d/pool_unpool_roundtrip': {
    nodes: {
      pool: ['max_pool2d', { x: 'input.y' }],
      squares: ['mul', { a: 'pool.y', b: 'pool.y' }],
      unpool: ['max_unpool2d', { x: 'squares.y', indices: 'pool.indices' }],
    },
    outputs: { output: 'unpool.y' },
  },
};
