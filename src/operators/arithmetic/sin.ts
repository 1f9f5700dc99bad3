// sin: sine of radians.                          Formula  y = sin x
// Shapes  x any  y as x                          Gradient  dx = dy·cos x
// Source  PyTorch sin, ONNX Sin-7                Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const sin = defineOperator({
  id: 'sin',
  family: 'arithmetic',
  title: 'Sine',
  summary: 'The sine of every element, in radians.',
  formula: 'y = \\sin x',
  gradientFormula: 'dx = dy \\odot \\cos x',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sin; ONNX Sin',
  keywords: ['sine'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.sin(x)) } }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, e.cos(x))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => Math.sin(x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => Math.sin(x),
      (x) => `sin(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Sin' },
  pytorch: 'torch.sin',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
