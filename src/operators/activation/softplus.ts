// softplus: smooth rectifier.                    Formula  y = ln(1 + eˣ), taken as x above 20
// Shapes  x any  y as x                          Gradient  dx = dy·sigmoid(x)
// Source  PyTorch softplus, ONNX Softplus-1      Cost  1 flop an element; never overflows
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const softplus = defineOperator({
  id: 'softplus',
  family: 'activation',
  title: 'Softplus',
  summary: 'A smooth ReLU.',
  formula: 'y = \\ln(1 + e^x)',
  gradientFormula: 'dx = dy \\odot \\sigma(x)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.softplus; ONNX Softplus',
  keywords: ['smooth relu'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  gradientFlow: 'saturates',
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.softplus(x)) } }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, e.sigmoid(x))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => (x > 20 ? x : Math.log1p(Math.exp(x)))) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => (x > 20 ? x : Math.log1p(Math.exp(x))),
      (x) => `ln(1 + exp(${say(x)}))`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Softplus' },
  pytorch: 'torch.nn.functional.softplus',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
