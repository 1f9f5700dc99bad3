// div: elementwise quotient.                     Formula  y = a / b
// Shapes  a, b broadcast to y                    Gradient  da = dy/b, db = −dy·a/b², each summed over what broadcasting repeated
// Errors  E_BROADCAST                            Division by 0 gives ±∞ or NaN, as IEEE 754 says
// Source  PyTorch div, ONNX Div-14               Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import {
  binaryInputs,
  broadcastFactors,
  broadcastReference,
  inferBroadcast,
  mapSummedTo,
} from '../support/broadcast.ts';
import { explainFunction, say } from '../support/explain.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';

export const div = defineOperator({
  id: 'div',
  family: 'arithmetic',
  title: 'Divide',
  summary: 'Divides the first tensor by the second, element by element.',
  formula: 'y = \\frac{a}{b}',
  gradientFormula: 'da = \\frac{dy}{b}, \\quad db = -\\frac{dy\\, a}{b^2}',
  gradientNote: 'Each summed over what broadcasting repeated.',
  shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
  source: 'PyTorch torch.div; ONNX Div',
  keywords: ['quotient', 'ratio', '/'],
  inputs: binaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferBroadcast,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.a, inputs.b], (e, a, b) => e.div(a, b)) } }),
  gradient: ({ emit, inputs: { a, b }, cotangents, needs }) => ({
    a: needs('a') ? mapSummedTo(emit, [cotangents.y, b], (e, dy, d) => e.div(dy, d), a.shape) : undefined,
    b: needs('b')
      ? mapSummedTo(emit, [cotangents.y, a, b], (e, dy, n, d) => e.neg(e.mul(dy, e.div(e.div(n, d), d))), b.shape)
      : undefined,
  }),
  reference: ({ inputs, outputs }) => ({ y: broadcastReference(inputs, outputs.y.shape, (a, b) => a / b) }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    return explainFunction([a, b], a.value / b.value, `${say(a.value)} / ${say(b.value)}`);
  },
  flops: flopsPerElement,
  onnx: { op: 'Div' },
  pytorch: 'torch.div',
  samples: [
    { inputs: { a: [2, 3], b: { shape: [2, 3], low: 0.5, high: 2 } } },
    { inputs: { a: [3], b: { shape: [2, 1, 3], low: -2, high: -0.5 } } },
    { inputs: { a: [3, 1], b: { shape: [1, 4], low: 0.5, high: 2 } } },
    { inputs: { a: [2, 3], b: { shape: [], low: 0.5, high: 2 } } },
  ],
});
