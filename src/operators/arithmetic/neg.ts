// neg: negation.                                 Formula  y = −x
// Shapes  x any  y as x                          Gradient  dx = −dy
// Source  PyTorch neg, ONNX Neg-13               Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { anyInput, anyOutput, explainUnary, flopsPerElement, inferUnary } from '../support/unary.ts';

export const neg = defineOperator({
  id: 'neg',
  family: 'arithmetic',
  title: 'Negate',
  summary: 'Turns the sign of every element.',
  formula: 'y = -x',
  gradientFormula: 'dx = -dy',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.neg; ONNX Neg',
  keywords: ['minus', 'negative', 'sign'],
  inputs: anyInput,
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs: { x } }) => ({
    outputs: { y: emit.map([x], (e, v) => e.neg(v), { dtype: x.dtype }) },
  }),
  gradient: ({ emit, cotangents }) => ({ x: emit.map([cotangents.y], (e, dy) => e.neg(dy)) }),
  reference: ({ inputs, outputs: { y } }) => ({ y: inputs.x.data.map((x) => (y.dtype === 'int32' ? -x | 0 : -x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => -x,
      (x) => `-(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Neg' },
  pytorch: 'torch.neg',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
