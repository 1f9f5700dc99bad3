// cross_entropy: softmax and negative log-likelihood.    Formula  y = mean −w_t·ln softmax(x)_t
// Shapes  x f32[N, C, …] (classes along `dim`; rank 1: one example)  target i32[N, …] or probabilities as x  weight f32[C]
// Errors  E_DIM  E_SCORES  E_TARGET_SHAPE  E_DTYPE  E_WEIGHT
// Gradient  dx = (softmax(x)·Σq − q)·dy/n, q: what the target says (support/log-loss); probabilities too; none to weight
// Source  PyTorch cross_entropy, ONNX SoftmaxCrossEntropyLoss-13
// Cost    6 flops a score; never overflows; a class number that does not exist gives NaN
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import {
  classAttributes,
  classFeed,
  classInputs,
  classWeights,
  hasClassNumbers,
  inferClassLoss,
} from '../support/class-loss.ts';
import {
  explainLogLoss,
  logLossForward,
  logLossReference,
  logLossSetup,
  logSoftmaxLossGradient,
  targetGradient,
  tellLogSoftmaxGradient,
} from '../support/log-loss.ts';
import { softmaxReference } from '../support/softmax.ts';
import { oneOutput } from '../support/unary.ts';

export const crossEntropy = defineOperator({
  id: 'cross_entropy',
  family: 'loss',
  title: 'Cross-entropy',
  summary: 'Softmax classifier loss: how surprised the scores are by the right class.',
  formula: 'y = -\\frac{1}{N} \\sum_i \\ln \\frac{e^{x_{i,t_i}}}{\\sum_j e^{x_{i,j}}}',
  gradientFormula: 'dx_i = \\left(\\operatorname{softmax}(x_i) \\sum_c q_{i,c} - q_i\\right) \\frac{dy}{N}',
  gradientNote:
    'Q is what the target says: one-hot and weighted, smoothed, or the probabilities given. The class weights get no gradient.',
  shapes: {
    x: '[N, C, …], classes along `dim`; [C] is one example',
    target: 'x without the classes (class numbers), or as x (probabilities)',
    y: 'a scalar, or as target for reduction `none`',
    weight: '[C]',
  },
  source: 'PyTorch torch.nn.functional.cross_entropy; ONNX SoftmaxCrossEntropyLoss',
  keywords: ['softmax loss', 'log loss', 'classification', 'negative log likelihood', 'classifier'],
  inputs: { ...classInputs, ...classWeights },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    ...classAttributes,
    label_smoothing: z.number().min(0).max(1).default(0).meta({ title: 'Label smoothing' }),
  }),
  traits: { loss: true },
  feedType: classFeed,
  infer: (context) => inferClassLoss(context, true),
  forward(context) {
    const { emit, inputs } = context;
    const { axis, given, options } = logLossSetup(context);
    const logP = emit.softmax(inputs.x, axis, true);
    const { y, divisor } = logLossForward(emit, logP, given, axis, options);
    return { outputs: { y }, saved: { log_p: logP, ...(divisor ? { divisor } : {}) } };
  },
  gradient(context) {
    const { emit, inputs, cotangents, saved, needs } = context;
    const { axis, given, options } = logLossSetup(context);
    const counted = options.reduction === 'mean' && hasClassNumbers(inputs.target, inputs.x.shape);
    const divisor = counted ? saved('divisor') : undefined;
    const backward = { logP: saved('log_p'), given, axis, options, dy: cotangents.y, divisor };
    return {
      x: needs('x') ? logSoftmaxLossGradient(emit, backward) : undefined,
      target: needs('target') && inputs.target.dtype === 'float32' ? targetGradient(emit, backward) : undefined,
    };
  },
  reference(context) {
    const { x } = context.inputs;
    const { axis, given, options } = logLossSetup(context);
    return { y: logLossReference(softmaxReference(x, axis, true), x.shape, axis, given, options) };
  },
  explain(context) {
    const { x } = context.inputs;
    const setup = logLossSetup(context);
    return explainLogLoss({ logP: softmaxReference(x, setup.axis, true), x, ...setup }, context.index);
  },
  explainGradient(context) {
    const { port, index, cotangents } = context;
    const { x } = context.inputs;
    const dy = cotangents['y'];
    if (port !== 'x' || !dy) return null;
    const setup = logLossSetup(context);
    return tellLogSoftmaxGradient({ logP: softmaxReference(x, setup.axis, true), x, ...setup, dy }, index);
  },
  flops: ({ inputs }) => 6 * numel(inputs.x.shape),
  onnx: { op: 'SoftmaxCrossEntropyLoss', attributes: { reduction: 'reduction', ignore_index: 'ignore_index' } },
  pytorch: 'torch.nn.functional.cross_entropy',
  samples: [
    { inputs: { x: [4, 5], target: { shape: [4], below: 5 } } },
    { inputs: { x: [3], target: { shape: [], below: 3 } } },
    { attributes: { reduction: 'sum' }, inputs: { x: [2, 3, 2, 2], target: { shape: [2, 2, 2], below: 3 } } },
    { attributes: { dim: -1, reduction: 'none' }, inputs: { x: [3, 2, 4], target: { shape: [3, 2], below: 4 } } },
    { attributes: { ignore_index: 1, label_smoothing: 0.1 }, inputs: { x: [6, 3], target: { shape: [6], below: 3 } } },
    {
      attributes: { label_smoothing: 0.2 },
      inputs: { x: [5, 3], target: { shape: [5], below: 3 }, weight: { shape: [3], low: 0.5, high: 2 } },
    },
    { inputs: { x: [4, 3], target: { shape: [4, 3], low: 0.1, high: 0.9 } } },
    {
      attributes: { reduction: 'none', label_smoothing: 0.1 },
      inputs: {
        x: [4, 3, 2],
        target: { shape: [4, 3, 2], low: 0.1, high: 0.9 },
        weight: { shape: [3], low: 0.5, high: 2 },
      },
    },
  ],
});
