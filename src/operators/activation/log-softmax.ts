// log_softmax: logarithm of softmax.             Formula  y = x − ln Σ eˣ along one dimension
// Shapes  x any of rank ≥ 1  y as x              Gradient  dx = dy − e^y·Σ dy
// Errors  E_DIM                                  Shifted by the maximum: never overflows
// Source  PyTorch log_softmax, ONNX LogSoftmax-13
// Cost    4 flops an element
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axisOf, checkAxis } from '../support/axes.ts';
import { explainSum } from '../support/explain.ts';
import { explainExponentials, softmaxReference } from '../support/softmax.ts';
import { oneOutput } from '../support/unary.ts';

export const logSoftmax = defineOperator({
  id: 'log_softmax',
  family: 'activation',
  title: 'Log-softmax',
  summary: 'The logarithm of softmax, computed without overflow.',
  formula: 'y_i = x_i - \\ln \\sum_j e^{x_j}',
  gradientFormula: 'dx_i = dy_i - e^{y_i} \\sum_j dy_j',
  shapes: { x: 'any of rank 1 or more', y: 'as x' },
  source: 'PyTorch torch.nn.functional.log_softmax; ONNX LogSoftmax',
  keywords: ['log probabilities', 'normalize', 'classifier'],
  inputs: { x: { title: 'Scores', rank: [1, 8] } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ dim: z.int().default(-1).meta({ title: 'Dimension' }) }),
  traits: {},
  infer({ inputs, attributes, fail }) {
    return checkAxis(attributes.dim, inputs.x.shape, 'dim', fail) === null ? null : { outputs: { y: inputs.x } };
  },
  forward: ({ emit, inputs: { x }, attributes }) => ({
    outputs: { y: emit.softmax(x, axisOf(attributes.dim, x.shape.length), true) },
  }),
  gradient({ emit, outputs: { y }, cotangents, attributes }) {
    const axes = [axisOf(attributes.dim, y.shape.length)];
    const sum = emit.reduce([cotangents.y], { axes, keepdim: true });
    return { x: emit.map([cotangents.y, y, sum], (e, dy, logP, s) => e.sub(dy, e.mul(e.exp(logP), s))) };
  },
  reference: ({ inputs: { x }, attributes }) => ({
    y: softmaxReference(x, axisOf(attributes.dim, x.shape.length), true),
  }),
  explain({ inputs: { x }, attributes, index }) {
    const { own, group, largest, sum } = explainExponentials(x, axisOf(attributes.dim, x.shape.length), index);
    const terms = [
      { value: own.value, factors: [own] },
      { value: -(largest + Math.log(sum)), factors: group, label: '−ln Σ e^x' },
    ];
    return explainSum(terms, 'x − ln Σ e^x');
  },
  flops: ({ inputs }) => 4 * numel(inputs.x.shape),
  onnx: { op: 'LogSoftmax', attributes: { dim: 'axis' } },
  pytorch: 'torch.nn.functional.log_softmax',
  samples: [{ inputs: { x: [3, 5] } }, { attributes: { dim: 1 }, inputs: { x: [2, 4, 3] } }, { inputs: { x: [4] } }],
});
