// exp: exponential.                              Formula  y = eˣ
// Shapes  x any  y as x                          Gradient  dx = dy·y
// Source  PyTorch exp, ONNX Exp-13               Cost  1 flop an element; overflows to ∞ above 88.7
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const exp = defineOperator({
  id: 'exp',
  family: 'arithmetic',
  title: 'Exp',
  summary: 'The exponential of every element.',
  formula: 'y = e^x',
  gradientFormula: 'dx = dy \\odot y',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.exp; ONNX Exp',
  keywords: ['exponential', 'e^x'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.exp(x)) } }),
  gradient: ({ emit, outputs, cotangents }) => ({ x: emit.map([cotangents.y, outputs.y], (e, dy, y) => e.mul(dy, y)) }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => Math.exp(x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => Math.exp(x),
      (x) => `exp(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Exp' },
  pytorch: 'torch.exp',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
