// cos: cosine of radians.                        Formula  y = cos x
// Shapes  x any  y as x                          Gradient  dx = −dy·sin x
// Source  PyTorch cos, ONNX Cos-7                Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const cos = defineOperator({
  id: 'cos',
  family: 'arithmetic',
  title: 'Cosine',
  summary: 'The cosine of every element, in radians.',
  formula: 'y = \\cos x',
  gradientFormula: 'dx = -dy \\odot \\sin x',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.cos; ONNX Cos',
  keywords: ['cosine'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.cos(x)) } }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.neg(e.mul(dy, e.sin(x)))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => Math.cos(x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => Math.cos(x),
      (x) => `cos(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Cos' },
  pytorch: 'torch.cos',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
