// What the golden cases are called here: for every operator the golden ops that it answers, with its attributes and ports.
// Length: one table, an entry an operator. Typed over the registry: an operator without its line does not compile. Cases that no line takes are not supported.
import type { OpId } from '../../../src/operators/registry.generated.ts';
import type { GoldenCase } from '../reference.ts';

type Names = Readonly<Record<string, string>>;

export interface GoldenUse {
  /** The golden `op`. */
  readonly op: string;
  /** Only these cases of the op; by default all. */
  readonly when?: (golden: GoldenCase) => boolean;
  /** Golden input → port; `state.<name>` → state. */
  readonly inputs: Names;
  /** Golden output → port; `state.<name>` → new state, '' → has no counterpart here. */
  readonly outputs: Names;
  readonly attributes?: (attrs: Attributes, golden: GoldenCase) => Readonly<Record<string, unknown>>;
  readonly mode?: (attrs: Attributes) => 'train' | 'eval';
}

// biome-ignore lint/suspicious/noExplicitAny: attributes of the manifest are JSON, each op's as its README says.
type Attributes = Readonly<Record<string, any>>;

const x = { input: 'x' };
const y = { output: 'y' };
const ab = { A: 'a', B: 'b' };

const unary = (op: string, attributes?: GoldenUse['attributes']): GoldenUse => ({
  op,
  inputs: x,
  outputs: y,
  ...(attributes ? { attributes } : {}),
});
const binary = (op: string): GoldenUse => ({ op, inputs: ab, outputs: y });
const reduction = (op: string) => unary(op, ({ axes, keepdims }) => ({ dim: axes, keepdim: keepdims === 1 }));
const loss = (op: string, attributes: GoldenUse['attributes'] = ({ reduction }) => ({ reduction })): GoldenUse => ({
  op,
  inputs: { input: 'x', target: 'target', weight: 'weight', pos_weight: 'pos_weight' },
  outputs: y,
  attributes,
});
const linear = ({ attrs }: GoldenCase) => (attrs['kernel_shape'] as number[]).length === 1;
const planar = ({ attrs }: GoldenCase) => (attrs['kernel_shape'] as number[]).length === 2;
const hasInput = (golden: GoldenCase, name: string) => golden.inputs.some((input) => input.name === name);
const cell = {
  inputs: {
    ...{ input: 'x', hidden: 'h', cell: 'c' },
    ...{ weight_ih: 'weight_ih', weight_hh: 'weight_hh', bias_ih: 'bias_ih', bias_hh: 'bias_hh' },
  },
  outputs: { hidden_out: 'h', cell_out: 'c' },
};
const parameterNames = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].flatMap((part) =>
  ['l0', 'l0_reverse', 'l1'].map((suffix) => `${part}_${suffix}`),
);
const sequence = (op: string): GoldenUse => ({
  op,
  inputs: { ...x, h0: 'h0', c0: 'c0', ...Object.fromEntries(parameterNames.map((name) => [name, name])) },
  outputs: { ...y, h_n: 'h_n', c_n: 'c_n' },
  attributes: ({ hidden_size: size, num_layers: layers, direction }) => ({
    hidden_size: size,
    num_layers: layers,
    bidirectional: direction === 'bidirectional',
  }),
});
// The list here has room for all boxes; that it ends where the golden one does is a test of its own.
const suppression = (op: string): GoldenUse => ({
  op,
  inputs: { boxes: 'boxes', scores: 'scores', classes: 'classes' },
  outputs: { keep: 'y' },
  attributes: ({ iou_threshold: threshold }, golden) => ({
    iou_threshold: threshold,
    max_output: golden.outputs[0]?.shape[0],
  }),
});
const hiddenSize = (golden: GoldenCase) => golden.inputs.find(({ name }) => name === 'hidden')?.shape[1];

export const goldenOperators: { readonly [Id in OpId]: readonly GoldenUse[] } = {
  abs: [unary('Abs')],
  adaptive_avg_pool2d: [unary('AdaptiveAveragePool', (attrs) => ({ ...attrs }))],
  add: [binary('Add')],
  amax: [reduction('ReduceMax')],
  amin: [reduction('ReduceMin')],
  anchors: [],
  arange: [],
  argmax: [unary('ArgMax', ({ axis, keepdims }) => ({ dim: axis, keepdim: keepdims === 1 }))],
  argmin: [],
  avg_pool1d: [
    {
      ...unary('AveragePool', (a) => ({
        kernel_size: a['kernel_shape'][0],
        stride: a['strides'][0],
        padding: a['pads'],
        ceil_mode: a['ceil_mode'] === 1,
        count_include_pad: a['count_include_pad'] === 1,
      })),
      when: linear,
    },
  ],
  avg_pool2d: [
    {
      ...unary('AveragePool', (a) => ({
        kernel_size: a['kernel_shape'],
        stride: a['strides'],
        padding: a['pads'],
        ceil_mode: a['ceil_mode'] === 1,
        count_include_pad: a['count_include_pad'] === 1,
      })),
      when: planar,
    },
  ],
  batch_norm: [
    {
      op: 'BatchNormalization',
      inputs: {
        ...{ input: 'x', weight: 'weight', bias: 'bias' },
        ...{ running_mean: 'state.running_mean', running_var: 'state.running_var' },
      },
      outputs: {
        ...{ output: 'y', batch_mean: '', batch_var_biased: '' },
        ...{ new_running_mean: 'state.running_mean', new_running_var: 'state.running_var', new_running_var_onnx: '' },
      },
      attributes: ({ epsilon, momentum }) => ({ eps: epsilon, momentum }),
      mode: ({ training_mode: training }) => (training === 1 ? 'train' : 'eval'),
    },
  ],
  binary_cross_entropy: [loss('BinaryCrossEntropyLoss')],
  binary_cross_entropy_with_logits: [loss('BinaryCrossEntropyWithLogitsLoss')],
  box_decode: [],
  box_iou: [{ op: 'BoxIoU', inputs: { boxes1: 'a', boxes2: 'b' }, outputs: y }],
  cast: [],
  ceil: [],
  celu: [],
  clamp: [unary('Clip', ({ min, max }) => ({ min, max }))],
  concat: [
    {
      op: 'Concat',
      inputs: { input0: 'x0', input1: 'x1', input2: 'x2' },
      outputs: y,
      attributes: ({ axis }) => ({ dim: axis }),
    },
  ],
  constant: [],
  conv1d: [
    {
      op: 'Conv',
      when: linear,
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: (a, golden) => ({
        out_channels: golden.inputs[1]?.shape[0],
        kernel_size: a['kernel_shape'][0],
        stride: a['strides'][0],
        padding: a['pads'],
        dilation: a['dilations'][0],
        groups: a['group'],
        bias: hasInput(golden, 'bias'),
      }),
    },
  ],
  conv2d: [
    {
      op: 'Conv',
      when: planar,
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: (a, golden) => ({
        out_channels: golden.inputs[1]?.shape[0],
        kernel_size: a['kernel_shape'],
        stride: a['strides'],
        padding: a['pads'],
        dilation: a['dilations'],
        groups: a['group'],
        bias: hasInput(golden, 'bias'),
      }),
    },
  ],
  conv_transpose1d: [
    {
      op: 'ConvTranspose',
      when: linear,
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: (a, golden) => ({
        out_channels: golden.outputs[0]?.shape[1],
        kernel_size: a['kernel_shape'][0],
        stride: a['strides'][0],
        padding: a['pads'],
        output_padding: a['output_padding'][0],
        dilation: a['dilations'][0],
        groups: a['group'],
        bias: hasInput(golden, 'bias'),
      }),
    },
  ],
  conv_transpose2d: [
    {
      op: 'ConvTranspose',
      when: planar,
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: (a, golden) => ({
        out_channels: golden.outputs[0]?.shape[1],
        kernel_size: a['kernel_shape'],
        stride: a['strides'],
        padding: a['pads'],
        output_padding: a['output_padding'],
        dilation: a['dilations'],
        groups: a['group'],
        bias: hasInput(golden, 'bias'),
      }),
    },
  ],
  cos: [unary('Cos')],
  cosh: [],
  cross_entropy: [loss('SoftmaxCrossEntropyLoss', (attrs) => ({ ...attrs }))],
  cumsum: [],
  detach: [],
  div: [binary('Div')],
  drop_connect: [],
  dropout: [
    {
      op: 'Dropout',
      inputs: { input: 'x', mask: 'mask' },
      outputs: y,
      attributes: ({ ratio }) => ({ p: ratio }),
      mode: ({ training_mode: training }) => (training === 1 ? 'train' : 'eval'),
    },
  ],
  dropout2d: [],
  elastic_net_penalty: [],
  elu: [unary('Elu', ({ alpha }) => ({ alpha }))],
  embedding: [
    {
      op: 'Embedding',
      inputs: { indices: 'x', weight: 'weight' },
      outputs: y,
      attributes: ({ padding_idx: padding }, golden) => ({
        num_embeddings: golden.inputs[1]?.shape[0],
        embedding_dim: golden.inputs[1]?.shape[1],
        ...(padding === undefined ? {} : { padding_idx: padding }),
      }),
    },
  ],
  equal: [],
  erf: [],
  exp: [unary('Exp')],
  expand: [unary('Expand', ({ shape }) => ({ shape }))],
  flatten: [{ ...unary('Flatten'), when: ({ attrs }) => attrs['axis'] === 1 }],
  flip: [],
  floor: [],
  fmod: [],
  full: [],
  gather: [
    {
      op: 'Gather',
      inputs: { input: 'x', indices: 'indices' },
      outputs: y,
      attributes: ({ axis }) => ({ dim: axis }),
    },
  ],
  gather_elements: [],
  gelu: [unary('Gelu')],
  gemm: [
    {
      op: 'Gemm',
      inputs: { A: 'a', B: 'b', C: 'c' },
      outputs: y,
      attributes: ({ transA, transB, alpha, beta }) => ({
        trans_a: transA === 1,
        trans_b: transB === 1,
        alpha,
        beta,
      }),
    },
  ],
  global_avg_pool2d: [unary('GlobalAveragePool')],
  global_max_pool2d: [unary('GlobalMaxPool')],
  greater: [],
  greater_equal: [],
  group_norm: [
    {
      op: 'GroupNormalization',
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: ({ num_groups: groups, epsilon }) => ({ num_groups: groups, eps: epsilon }),
    },
  ],
  gru: [sequence('GRU')],
  gru_cell: [{ op: 'GRUCell', ...cell, attributes: (_, golden) => ({ hidden_size: hiddenSize(golden) }) }],
  hard_sigmoid: [],
  hard_swish: [],
  huber_loss: [loss('HuberLoss', ({ reduction, delta }) => ({ reduction, delta }))],
  input: [],
  instance_norm: [
    {
      op: 'InstanceNormalization',
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: ({ epsilon }) => ({ eps: epsilon }),
    },
  ],
  isinf: [],
  isnan: [],
  kl_div: [loss('KLDivLoss')],
  l1_loss: [loss('L1Loss')],
  l1_norm: [reduction('ReduceL1')],
  l1_penalty: [],
  l2_norm: [reduction('ReduceL2')],
  l2_penalty: [],
  layer_norm: [
    {
      op: 'LayerNormalization',
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: (a, golden) => ({
        normalized_shape: a['normalized_shape'],
        eps: a['epsilon'],
        elementwise_affine: hasInput(golden, 'weight'),
      }),
    },
  ],
  leaky_relu: [unary('LeakyRelu', ({ alpha }) => ({ negative_slope: alpha }))],
  less: [],
  less_equal: [],
  linear: [
    {
      op: 'Linear',
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: (attrs, golden) => ({ ...attrs, bias: hasInput(golden, 'bias') }),
    },
  ],
  local_response_norm: [unary('LRN', ({ size, alpha, beta, bias }) => ({ size, alpha, beta, k: bias }))],
  log: [unary('Log')],
  log_softmax: [unary('LogSoftmax', ({ axis }) => ({ dim: axis }))],
  logical_and: [],
  logical_not: [],
  logical_or: [],
  logical_xor: [],
  logsumexp: [reduction('ReduceLogSumExp')],
  lstm: [sequence('LSTM')],
  lstm_cell: [{ op: 'LSTMCell', ...cell, attributes: ({ hidden_size: size }) => ({ hidden_size: size }) }],
  matmul: [binary('MatMul')],
  max_pool1d: [
    {
      op: 'MaxPool',
      when: linear,
      inputs: x,
      outputs: { output: 'y', indices: 'indices' },
      attributes: (a) => ({
        kernel_size: a['kernel_shape'][0],
        stride: a['strides'][0],
        padding: a['pads'],
        dilation: a['dilations'][0],
        ceil_mode: a['ceil_mode'] === 1,
      }),
    },
  ],
  max_pool2d: [
    {
      op: 'MaxPool',
      when: planar,
      inputs: x,
      outputs: { output: 'y', indices: 'indices' },
      attributes: (a) => ({
        kernel_size: a['kernel_shape'],
        stride: a['strides'],
        padding: a['pads'],
        dilation: a['dilations'],
        ceil_mode: a['ceil_mode'] === 1,
      }),
    },
  ],
  max_unpool2d: [
    {
      op: 'MaxUnpool',
      inputs: { input: 'x', indices: 'indices' },
      outputs: y,
      attributes: (a) => ({
        kernel_size: a['kernel_shape'],
        stride: a['strides'],
        padding: a['pads'],
        output_size: a['output_size'],
      }),
    },
  ],
  maximum: [binary('Max')],
  maxout: [unary('Maxout', (attrs) => ({ ...attrs }))],
  maxout_linear: [
    {
      op: 'MaxoutLinear',
      inputs: { input: 'x', weight: 'weight', bias: 'bias' },
      outputs: y,
      attributes: ({ num_pieces: pieces }, golden) => ({
        num_pieces: pieces,
        out_features: golden.inputs[1]?.shape[1],
        bias: hasInput(golden, 'bias'),
      }),
    },
  ],
  mean: [reduction('ReduceMean')],
  minimum: [binary('Min')],
  mish: [],
  mse_loss: [loss('MSELoss')],
  mul: [binary('Mul')],
  multiclass_hinge: [loss('MulticlassHingeLoss', ({ margin, reduction }) => ({ margin, reduction }))],
  neg: [unary('Neg')],
  nll_loss: [loss('NegativeLogLikelihoodLoss')],
  non_max_suppression: [suppression('NonMaxSuppression'), suppression('BatchedNonMaxSuppression')],
  not_equal: [],
  one_hot: [],
  pad: [
    unary('Pad', ({ mode, pads, value }) => {
      const rank = pads.length / 2;
      // ONNX lists all beginnings, then all ends; PyTorch pairs, from the last dimension forwards.
      const pairs = Array.from({ length: rank }, (_, i) => [pads[rank - 1 - i], pads[2 * rank - 1 - i]]);
      return { pad: pairs.flat(), mode: mode === 'edge' ? 'replicate' : mode, value };
    }),
  ],
  parameter: [],
  pixel_shuffle: [],
  pixel_unshuffle: [],
  pow: [{ ...binary('Pow'), attributes: (attrs) => ({ ...attrs }) }],
  prelu: [
    {
      op: 'PRelu',
      inputs: { input: 'x', slope: 'weight' },
      outputs: y,
      attributes: (_, golden) => ({ num_parameters: golden.inputs[1]?.shape[0] }),
    },
  ],
  prod: [],
  reciprocal: [unary('Reciprocal')],
  relu: [unary('Relu')],
  remainder: [],
  reshape: [
    unary('Reshape', ({ shape }) => ({ shape })),
    // ONNX's Flatten always gives a matrix: beyond axis 1 that is a reshape here.
    {
      ...unary('Flatten', (_, golden) => ({ shape: golden.outputs[0]?.shape })),
      when: ({ attrs }) => attrs['axis'] !== 1,
    },
  ],
  rnn: [sequence('RNN')],
  rnn_cell: [
    {
      op: 'RNNCell',
      ...cell,
      attributes: ({ nonlinearity }, golden) => ({ hidden_size: hiddenSize(golden), nonlinearity }),
    },
  ],
  roi_align: [
    {
      op: 'RoiAlign',
      inputs: { ...x, rois: 'rois' },
      outputs: y,
      attributes: (a) => ({
        output_size: [a['output_height'], a['output_width']],
        spatial_scale: a['spatial_scale'],
        sampling_ratio: a['sampling_ratio'],
        aligned: a['aligned'],
      }),
    },
  ],
  roi_pool: [
    {
      op: 'RoiPool',
      inputs: { ...x, rois: 'rois' },
      outputs: y,
      attributes: (a) => ({ output_size: a['pooled_shape'], spatial_scale: a['spatial_scale'] }),
    },
  ],
  roll: [],
  round: [],
  select: [],
  selu: [unary('Selu')],
  shape: [],
  sigmoid: [unary('Sigmoid')],
  sign: [],
  silu: [unary('Silu')],
  sin: [unary('Sin')],
  sinh: [],
  slice: [unary('Slice', ({ starts, ends, axes, steps }) => ({ starts, ends, dims: axes, steps }))],
  smooth_l1_loss: [loss('SmoothL1Loss', ({ reduction, beta }) => ({ reduction, beta }))],
  softmax: [unary('Softmax', ({ axis }) => ({ dim: axis }))],
  softplus: [unary('Softplus')],
  softsign: [],
  split: [
    {
      op: 'Split',
      inputs: x,
      outputs: { output0: 'y0', output1: 'y1', output2: 'y2' },
      attributes: ({ axis, split }) => ({ dim: axis, split_size: split }),
    },
  ],
  sqrt: [unary('Sqrt')],
  square: [unary('Square')],
  squeeze: [unary('Squeeze', ({ axes }) => ({ dim: axes }))],
  stack: [],
  sub: [binary('Sub')],
  sum: [reduction('ReduceSum')],
  sum_square: [reduction('ReduceSumSquare')],
  tan: [],
  tanh: [unary('Tanh')],
  tile: [],
  top_k: [],
  transpose: [unary('Transpose', ({ perm }) => ({ dims: perm }))],
  tril: [],
  triu: [],
  unbind: [],
  unsqueeze: [unary('Unsqueeze', ({ axes }) => ({ dim: axes }))],
  upsample_bed_of_nails2d: [unary('UpsampleBedOfNails', ({ scales }) => ({ scale_factor: scales }))],
  upsample_bilinear2d: [
    unary('UpsampleBilinear', ({ sizes, align_corners: corners }) => ({ size: sizes, align_corners: corners })),
  ],
  upsample_nearest2d: [
    unary('UpsampleNearest', ({ scales, sizes }) => ({
      ...(scales ? { scale_factor: scales } : {}),
      ...(sizes ? { size: sizes } : {}),
    })),
  ],
  where: [],
};
