// sqrt: square root.                             Formula  y = √x
// Shapes  x any  y as x                          Gradient  dx = dy/(2y); ∞ at x = 0, as PyTorch
// Source  PyTorch sqrt, ONNX Sqrt-13             Cost  1 flop an element; NaN below 0
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const sqrt = defineOperator({
  id: 'sqrt',
  family: 'arithmetic',
  title: 'Square root',
  summary: 'The square root of every element.',
  formula: 'y = \\sqrt{x}',
  gradientFormula: 'dx = \\frac{dy}{2 y}',
  gradientNote: '∞ at x = 0, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sqrt; ONNX Sqrt',
  keywords: ['root'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.sqrt(x)) } }),
  gradient: ({ emit, outputs, cotangents }) => ({
    x: emit.map([cotangents.y, outputs.y], (e, dy, y) => e.div(dy, e.add(y, y))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => Math.sqrt(x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => Math.sqrt(x),
      (x) => `√${say(x)}`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Sqrt' },
  pytorch: 'torch.sqrt',
  samples: [
    { inputs: { x: { shape: [3, 4], low: 0.2, high: 3 } } },
    { inputs: { x: { shape: [], low: 0.2, high: 3 } } },
  ],
});
