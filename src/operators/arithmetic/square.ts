// square: elementwise square.                    Formula  y = x²
// Shapes  x any  y as x                          Gradient  dx = 2x·dy
// Source  PyTorch square                         Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

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
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.mul(x, x)) } }),
  gradient: ({ emit, inputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, e.add(x, x))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => x * x) }),
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
