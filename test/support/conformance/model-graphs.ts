// The trained models that come without a graph, as graphs of ours with their tensors: ResNet-20 by PyTorch's names, CNN
// Explainer's Tiny VGG from TensorFlow.js, the Darwin LSTM from raw TensorFlow variables.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Tensor, tensor } from '../../../src/tensor/tensor.ts';
import { graphOf, type NodeSketch } from '../graphs.ts';
import { readFloats, transposed } from './model-files.ts';

export interface ModelGraph {
  readonly graph: GraphFile;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** https://github.com/akamaster/pytorch_resnet_cifar10: shortcuts across a stride take every second pixel, channels padded. */
export function resnet20(folder: string): ModelGraph {
  const nodes: Record<string, NodeSketch> = { input: ['input', {}, { shape: ['N', 3, 32, 32] }] };
  const conv = (id: string, x: string, channels: number, stride = 1) => {
    nodes[id] = ['conv2d', { x }, { out_channels: channels, kernel_size: 3, stride, padding: 1, bias: false }];
    const norm = id.replace('conv', 'bn');
    nodes[norm] = ['batch_norm', { x: `${id}.y` }];
    return `${norm}.y`;
  };
  const relu = (id: string, x: string) => {
    nodes[id] = ['relu', { x }];
    return `${id}.y`;
  };
  let x = relu('relu', conv('conv1', 'input.y', 16));
  for (const [stage, channels] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const name = `layer${stage + 1}_${block}`;
      const narrow = stage > 0 && block === 0;
      const first = relu(`${name}_relu1`, conv(`${name}_conv1`, x, channels, narrow ? 2 : 1));
      const second = conv(`${name}_conv2`, first, channels);
      if (narrow) {
        nodes[`${name}_every`] = ['slice', { x }, { starts: [0, 0], ends: [1000, 1000], dims: [2, 3], steps: [2, 2] }];
        nodes[`${name}_pad`] = ['pad', { x: `${name}_every.y` }, { pad: [0, 0, 0, 0, channels / 4, channels / 4] }];
      }
      nodes[`${name}_add`] = ['add', { a: second, b: narrow ? `${name}_pad.y` : x }];
      x = relu(`${name}_relu2`, `${name}_add.y`);
    }
  }
  nodes['pool'] = ['global_avg_pool2d', { x }];
  nodes['flat'] = ['flatten', { x: 'pool.y' }];
  nodes['linear'] = ['linear', { x: 'flat.y' }, { out_features: 10 }];
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(join(folder, 'resnet20.safetensors'))));
  return { graph: graphOf({ nodes }), tensors };
}

interface LayersModel {
  readonly weightsManifest: readonly [
    {
      readonly paths: readonly [string];
      readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
    },
  ];
}

/** Kernels from [K, L, C, O] to [O, C, K, L]; channels come last before the dense layer. */
export function tinyVgg(folder: string): ModelGraph {
  const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as LayersModel;
  const [{ paths, weights }] = model.weightsManifest;
  const all = readFloats(join(folder, paths[0]));
  const tensors = new Map<string, Tensor>();
  let at = 0;
  for (const { name, shape } of weights) {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = all.slice(at, at + count);
    at += count;
    const [layer = '', part] = name.split('/');
    const axes = shape.length === 4 ? [3, 2, 0, 1] : [1, 0];
    if (part === 'bias') tensors.set(`${layer}.bias`, tensor(shape, data));
    else
      tensors.set(
        `${layer}.weight`,
        tensor(
          axes.map((axis) => shape[axis] as number),
          transposed(data, shape, axes),
        ),
      );
  }
  const nodes: Record<string, NodeSketch> = { input: ['input', {}, { shape: ['N', 3, 64, 64] }] };
  let x = 'input.y';
  for (const group of [1, 2]) {
    for (const layer of [1, 2]) {
      nodes[`conv_${group}_${layer}`] = ['conv2d', { x }, { out_channels: 10, kernel_size: 3 }];
      nodes[`relu_${group}_${layer}`] = ['relu', { x: `conv_${group}_${layer}.y` }];
      x = `relu_${group}_${layer}.y`;
    }
    nodes[`max_pool_${group}`] = ['max_pool2d', { x }, { kernel_size: 2 }];
    x = `max_pool_${group}.y`;
  }
  nodes['channels_last'] = ['transpose', { x }, { dims: [0, 2, 3, 1] }];
  nodes['flat'] = ['flatten', { x: 'channels_last.y' }];
  nodes['output'] = ['linear', { x: 'flat.y' }, { out_features: 10 }];
  nodes['softmax'] = ['softmax', { x: 'output.y' }];
  return { graph: graphOf({ nodes }), tensors };
}

/** Gates i, j, f, o of TensorFlow's BasicLSTMCell to i, f, g, o; its forget bias of 1 is part of the bias here. */
export function darwinLstm(folder: string, steps: number): ModelGraph {
  const read = (name: string) => readFloats(join(folder, name));
  const [hidden, letters] = [128, 100];
  const tensors = new Map<string, Tensor>([['embedding.weight', tensor([letters, hidden], read('embedding'))]]);
  for (const layer of [0, 1]) {
    const cell = `rnnlm_multi_rnn_cell_cell_${layer}_basic_lstm_cell`;
    const [weights, biases] = [read(`${cell}_weights`), read(`${cell}_biases`)];
    const source = (row: number) => ([0, 2, 1, 3][Math.floor(row / hidden)] as number) * hidden + (row % hidden);
    const part = (from: number) =>
      Float32Array.from({ length: 4 * hidden * hidden }, (_, i) => {
        const [row, column] = [Math.floor(i / hidden), i % hidden];
        return weights[(from + column) * 4 * hidden + source(row)] as number;
      });
    const bias = Float32Array.from({ length: 4 * hidden }, (_, row) => {
      const forget = Math.floor(row / hidden) === 1 ? 1 : 0;
      return (biases[source(row)] as number) + forget;
    });
    tensors.set(`lstm.weight_ih_l${layer}`, tensor([4 * hidden, hidden], part(0)));
    tensors.set(`lstm.weight_hh_l${layer}`, tensor([4 * hidden, hidden], part(hidden)));
    tensors.set(`lstm.bias_ih_l${layer}`, tensor([4 * hidden], bias));
    tensors.set(`lstm.bias_hh_l${layer}`, tensor([4 * hidden], new Float32Array(4 * hidden)));
  }
  const output = transposed(read('rnnlm_softmax_w'), [hidden, letters], [1, 0]);
  tensors.set('output.weight', tensor([letters, hidden], output));
  tensors.set('output.bias', tensor([letters], read('rnnlm_softmax_b')));
  const graph = graphOf({
    nodes: {
      input: ['input', {}, { shape: [steps, 1], dtype: 'int32' }],
      embedding: ['embedding', { x: 'input.y' }, { num_embeddings: letters, embedding_dim: hidden }],
      lstm: ['lstm', { x: 'embedding.y' }, { hidden_size: hidden, num_layers: 2 }],
      output: ['linear', { x: 'lstm.y' }, { out_features: letters }],
    },
  });
  return { graph, tensors };
}
