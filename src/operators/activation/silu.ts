// silu: sigmoid linear unit, swish.              Formula  y = x·sigmoid(x)
// Shapes  x any  y as x                          Gradient  dx = dy·(s + y·(1 − s)), s = sigmoid(x)
// Source  Ramachandran et al. 2017; PyTorch silu Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const silu = defineOperator({
  id: 'silu',
  family: 'activation',
  title: 'SiLU',
  summary: 'The input gated by its own sigmoid; also called swish.',
  formula: 'y = \\frac{x}{1 + e^{-x}}',
  gradientFormula: 'dx = dy \\odot \\left(\\sigma(x) + y \\odot (1 - \\sigma(x))\\right)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.silu',
  keywords: ['swish'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  gradientFlow: 'saturates',
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.mul(x, e.sigmoid(x))) } }),
  gradient: ({ emit, inputs, outputs, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x, outputs.y], (e, dy, x, y) => {
      const s = e.sigmoid(x);
      return e.mul(dy, e.add(s, e.mul(y, e.sub(e.constant(1), s))));
    }),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => x / (1 + Math.exp(-x))) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => x / (1 + Math.exp(-x)),
      (x) => `${say(x)} · sigmoid(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: null,
  pytorch: 'torch.nn.functional.silu',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
