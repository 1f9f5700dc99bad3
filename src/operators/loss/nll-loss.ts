// nll_loss: negative log-likelihood.             Formula  y = mean −w_t·x_t, x: logarithms of probabilities
// Shapes  x f32[N, C, …] (classes along `dim`; rank 1: one example)  target i32[N, …]  weight f32[C]
// Errors  E_DIM  E_SCORES  E_TARGET_SHAPE  E_DTYPE  E_WEIGHT
// Gradient  dx = −w_t·dy/n at the class number, 0 elsewhere; none to weight
// Source  PyTorch nll_loss, ONNX NegativeLogLikelihoodLoss-13
// Cost    2 flops a score; a class number that does not exist gives NaN
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { classAttributes, classFeed, classInputs, classWeights, inferClassLoss } from '../support/class-loss.ts';
import {
  explainLogLoss,
  logLossForward,
  logLossGradient,
  logLossReference,
  logLossSetup,
} from '../support/log-loss.ts';
import { oneOutput } from '../support/unary.ts';

export const nllLoss = defineOperator({
  id: 'nll_loss',
  family: 'loss',
  title: 'Negative log-likelihood',
  summary: 'Minus the log-probability of the right class; follows a log-softmax.',
  formula: 'y = -\\frac{1}{N} \\sum_i x_{i,t_i}',
  gradientFormula: 'dx_{i,c} = -w_{t_i} [c = t_i]\\, \\frac{dy}{n}',
  gradientNote: 'N counts the weights used; the class weights get no gradient.',
  shapes: {
    x: '[N, C, …], classes along `dim`; [C] is one example',
    target: 'x without the classes',
    y: 'a scalar, or as target for reduction `none`',
    weight: '[C]',
  },
  source: 'PyTorch torch.nn.functional.nll_loss; ONNX NegativeLogLikelihoodLoss',
  keywords: ['log likelihood', 'classification'],
  inputs: {
    x: { ...classInputs.x, title: 'Log-probabilities' },
    target: { ...classInputs.target, dtype: 'int32' },
    ...classWeights,
  },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject(classAttributes),
  traits: { loss: true },
  feedType: classFeed,
  infer: (context) => inferClassLoss(context, false),
  forward(context) {
    const { axis, given, options } = logLossSetup(context);
    const { y, divisor } = logLossForward(context.emit, context.inputs.x, given, axis, options);
    return { outputs: { y }, saved: divisor ? { divisor } : {} };
  },
  gradient(context) {
    const { emit, inputs, cotangents, saved } = context;
    const setup = logLossSetup(context);
    const divisor = setup.options.reduction === 'mean' ? saved('divisor') : undefined;
    return { x: logLossGradient(emit, { logP: inputs.x, ...setup, dy: cotangents.y, divisor }) };
  },
  reference(context) {
    const { x } = context.inputs;
    const { axis, given, options } = logLossSetup(context);
    return { y: logLossReference(x.data, x.shape, axis, given, options) };
  },
  explain(context) {
    const { x } = context.inputs;
    return explainLogLoss({ logP: x.data, x, ...logLossSetup(context) }, context.index);
  },
  flops: ({ inputs }) => 2 * numel(inputs.x.shape),
  onnx: { op: 'NegativeLogLikelihoodLoss', attributes: { reduction: 'reduction', ignore_index: 'ignore_index' } },
  pytorch: 'torch.nn.functional.nll_loss',
  samples: [
    { inputs: { x: [4, 5], target: { shape: [4], below: 5 } } },
    { attributes: { reduction: 'none' }, inputs: { x: [3, 4, 2], target: { shape: [3, 2], below: 4 } } },
    {
      attributes: { ignore_index: 0 },
      inputs: { x: [6, 3], target: { shape: [6], below: 3 }, weight: { shape: [3], low: 0.5, high: 2 } },
    },
  ],
});
