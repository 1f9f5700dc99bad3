// reciprocal: one over x.                        Formula  y = 1/x
// Shapes  x any  y as x                          Gradient  dx = −dy·y²
// Source  PyTorch reciprocal, ONNX Reciprocal-13 Cost  1 flop an element; ±∞ at 0
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const reciprocal = defineOperator({
  id: 'reciprocal',
  family: 'arithmetic',
  title: 'Reciprocal',
  summary: 'One divided by every element.',
  formula: 'y = \\frac{1}{x}',
  gradientFormula: 'dx = -dy \\odot y^2',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.reciprocal; ONNX Reciprocal',
  keywords: ['inverse', '1/x'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.reciprocal(x)) } }),
  gradient: ({ emit, outputs, cotangents }) => ({
    x: emit.map([cotangents.y, outputs.y], (e, dy, y) => e.neg(e.mul(dy, e.mul(y, y)))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => 1 / x) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => 1 / x,
      (x) => `1 / ${say(x)}`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Reciprocal' },
  pytorch: 'torch.reciprocal',
  samples: [
    { inputs: { x: { shape: [3, 4], low: 0.2, high: 3 } } },
    { inputs: { x: { shape: [], low: 0.2, high: 3 } } },
  ],
});
