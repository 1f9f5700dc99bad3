// log: natural logarithm.                        Formula  y = ln x
// Shapes  x any  y as x                          Gradient  dx = dy/x
// Source  PyTorch log, ONNX Log-13               Cost  1 flop an element; −∞ at 0, NaN below
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const log = defineOperator({
  id: 'log',
  family: 'arithmetic',
  title: 'Log',
  summary: 'The natural logarithm of every element.',
  formula: 'y = \\ln x',
  gradientFormula: 'dx = \\frac{dy}{x}',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.log; ONNX Log',
  keywords: ['logarithm', 'ln', 'natural'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.log(x)) } }),
  gradient: ({ emit, inputs, cotangents }) => ({ x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.div(dy, x)) }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => Math.log(x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => Math.log(x),
      (x) => `ln(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Log' },
  pytorch: 'torch.log',
  samples: [
    { inputs: { x: { shape: [3, 4], low: 0.2, high: 3 } } },
    { inputs: { x: { shape: [], low: 0.2, high: 3 } } },
  ],
});
