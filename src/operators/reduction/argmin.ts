// argmin: where the smallest element stands.          Formula  y = the first i with x[i] smallest
// Shapes  x any of rank ≥ 1  y int32 without dimension `dim`, or with it as 1; without `dim` a position in all of x
// Errors  E_DIM                                  Gradient  none: y is constant almost everywhere
// Source  PyTorch argmin, ONNX ArgMin-13           Cost  1 comparison an element of x; among equals the first
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { argAttributes, argReference, emitArg, explainBest, inferArg } from '../support/arg.ts';
import { anyInput } from '../support/unary.ts';

export const argmin = defineOperator({
  id: 'argmin',
  family: 'reduction',
  title: 'Argmin',
  summary: 'The position of the smallest element: the predicted class, for example.',
  formula: 'y = \\operatorname*{arg\\,min}_i x_i',
  gradientFormula: null,
  gradientNote: 'Y is constant almost everywhere: there is no gradient..',
  shapes: { x: 'any of rank 1 or more', y: 'x without dimension `dim`, or with it as 1; a scalar without `dim`' },
  source: 'PyTorch torch.argmin; ONNX ArgMin',
  keywords: ['index of min', 'position', 'predicted class'],
  inputs: { x: { ...anyInput.x, rank: [1, 8] } },
  parameters: {},
  outputs: { y: { title: 'Index', dtype: 'int32' } },
  attributes: z.strictObject(argAttributes),
  traits: {},
  infer: inferArg,
  forward: ({ emit, inputs: { x }, attributes, outputs }) => ({
    outputs: { y: emitArg(emit, x, attributes, 'min', outputs.y.shape) },
  }),
  gradient: null,
  reference: ({ inputs: { x }, attributes, outputs }) => ({ y: argReference(x, attributes, 'min', outputs.y.shape) }),
  explain: ({ inputs: { x }, attributes, index }) => explainBest(x, attributes, 'min', index),
  flops: ({ inputs }) => numel(inputs.x.shape),
  onnx: { op: 'ArgMin', attributes: { dim: 'axis', keepdim: 'keepdims' } },
  pytorch: 'torch.argmin',
  samples: [
    { inputs: { x: [3, 4] } },
    { attributes: { dim: 1, keepdim: true }, inputs: { x: [2, 3, 4] } },
    { attributes: { dim: -1 }, inputs: { x: [5] } },
  ],
});
