// square: elementwise square.                    Formula  y = x²
// Shapes  x any  y as x                          Gradient  dx = 2x·dy
// Source  PyTorch square                         Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { anyInput, anyOutput, explainUnary, flopsPerElement, inferUnary } from '../support/unary.ts';

export const square = defineOperator({
  id: 'square',
  family: 'arithmetic',
  title: 'Square',
  summary: 'Every element times itself.',
  formula: 'y = x^2',
  gradientFormula: 'dx = 2 x \\odot dy',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.square',
  keywords: ['squared', 'power of two'],
  inputs: anyInput,
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs: { x } }) => ({
    outputs: { y: emit.map([x], (e, v) => e.mul(v, v), { dtype: x.dtype }) },
  }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, e.add(x, x))),
  }),
  reference: ({ inputs, outputs: { y } }) => ({
    y: inputs.x.data.map((x) => (y.dtype === 'int32' ? Math.imul(x, x) : x * x)),
  }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => x * x,
      (x) => `${say(x)}²`,
    ),
  flops: flopsPerElement,
  onnx: null,
  pytorch: 'torch.square',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
