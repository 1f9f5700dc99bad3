// sigmoid: logistic function.                    Formula  y = 1/(1 + e⁻ˣ)
// Shapes  x any  y as x                          Gradient  dx = dy·y·(1 − y)
// Source  PyTorch sigmoid, ONNX Sigmoid-13       Cost  1 flop an element; never overflows
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { fragmentOf } from '../support/fragment.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const sigmoid = defineOperator({
  id: 'sigmoid',
  family: 'activation',
  title: 'Sigmoid',
  summary: 'Squashes every element into 0 … 1.',
  formula: 'y = \\frac{1}{1 + e^{-x}}',
  gradientFormula: 'dx = dy \\odot y \\odot (1 - y)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sigmoid; ONNX Sigmoid',
  keywords: ['logistic', 'squash'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  gradientFlow: 'saturates',
  infer: inferUnary,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.sigmoid(x)) } }),
  gradient: ({ emit, outputs, cotangents }) => ({
    x: emit.map([cotangents.y, outputs.y], (e, dy, y) => e.mul(dy, e.mul(y, e.sub(e.constant(1), y)))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => 1 / (1 + Math.exp(-x))) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => 1 / (1 + Math.exp(-x)),
      (x) => `1 / (1 + exp(${say(-x)}))`,
    ),
  expand: () =>
    fragmentOf(
      {
        negative: { op: 'neg', at: [0, 0], wires: { x: 'in.x' } },
        power: { op: 'exp', at: [1, 0], wires: { x: 'negative.y' } },
        one: { op: 'constant', at: [1, 1], attributes: { value: 1 } },
        below: { op: 'add', at: [2, 0], wires: { a: 'power.y', b: 'one.y' } },
        inverse: { op: 'reciprocal', at: [3, 0], wires: { x: 'below.y' } },
      },
      'inverse.y',
    ),
  flops: flopsPerElement,
  onnx: { op: 'Sigmoid' },
  pytorch: 'torch.sigmoid',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
