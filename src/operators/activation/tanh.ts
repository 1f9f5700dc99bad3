// tanh: hyperbolic tangent.                      Formula  y = tanh x
// Shapes  x any  y as x                          Gradient  dx = dy·(1 − y²)
// Source  PyTorch tanh, ONNX Tanh-13             Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const tanh = defineOperator({
  id: 'tanh',
  family: 'activation',
  title: 'Tanh',
  summary: 'Squashes every element into −1 … 1.',
  formula: 'y = \\tanh x',
  gradientFormula: 'dx = dy \\odot (1 - y^2)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.tanh; ONNX Tanh',
  keywords: ['hyperbolic tangent', 'squash'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  gradientFlow: 'saturates',
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.tanh(x)) } }),
  gradient: ({ emit, outputs, cotangents }) => ({
    x: emit.map([cotangents.y, outputs.y], (e, dy, y) => e.mul(dy, e.sub(e.constant(1), e.mul(y, y)))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => Math.tanh(x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => Math.tanh(x),
      (x) => `tanh(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Tanh' },
  pytorch: 'torch.tanh',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
