// abs: absolute value.                           Formula  y = |x|
// Shapes  x any  y as x                          Gradient  dx = dy·sign(x); at the kink x = 0 the value 0 is chosen (as PyTorch)
// Source  PyTorch abs, ONNX Abs-13               Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { anyInput, anyOutput, explainUnary, flopsPerElement, inferUnary } from '../support/unary.ts';

export const abs = defineOperator({
  id: 'abs',
  family: 'arithmetic',
  title: 'Absolute value',
  summary: 'The distance of every element from zero.',
  formula: 'y = |x|',
  gradientFormula: 'dx = dy \\odot \\operatorname{sign}(x)',
  gradientNote: 'Kink at x = 0: the gradient is 0 there, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.abs; ONNX Abs',
  keywords: ['absolute', 'magnitude'],
  inputs: anyInput,
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs: { x } }) => ({
    outputs: { y: emit.map([x], (e, v) => e.abs(v), { dtype: x.dtype }) },
  }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, e.sign(x))),
  }),
  reference: ({ inputs, outputs: { y } }) => ({
    y: inputs.x.data.map((x) => (y.dtype === 'int32' ? Math.abs(x) | 0 : Math.abs(x))),
  }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => Math.abs(x),
      (x) => `|${say(x)}|`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Abs' },
  pytorch: 'torch.abs',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
