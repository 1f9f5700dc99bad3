// sub: elementwise difference.                   Formula  y = a − b
// Shapes  a, b broadcast to y                    Gradient  da = dy, db = −dy, each summed over what broadcasting repeated
// Errors  E_BROADCAST
// Source  PyTorch sub, ONNX Sub-14               Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import {
  binaryInputs,
  broadcastFactors,
  broadcastReference,
  inferBroadcast,
  mapSummedTo,
  sumTo,
} from '../support/broadcast.ts';
import { explainSum, say } from '../support/explain.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';

export const sub = defineOperator({
  id: 'sub',
  family: 'arithmetic',
  title: 'Subtract',
  summary: 'Subtracts the second tensor from the first, element by element.',
  formula: 'y = a - b',
  gradientFormula: 'da = dy, \\quad db = -dy',
  gradientNote: 'Each summed over what broadcasting repeated.',
  shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
  source: 'PyTorch torch.sub; ONNX Sub',
  keywords: ['minus', 'subtract', 'difference', '-'],
  inputs: binaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferBroadcast,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.a, inputs.b], (e, a, b) => e.sub(a, b)) } }),
  gradient: ({ emit, inputs, cotangents, needs }) => ({
    a: needs('a') ? sumTo(emit, cotangents.y, inputs.a.shape) : undefined,
    b: needs('b') ? mapSummedTo(emit, [cotangents.y], (e, dy) => e.neg(dy), inputs.b.shape) : undefined,
  }),
  reference: ({ inputs, outputs }) => ({ y: broadcastReference(inputs, outputs.y.shape, (a, b) => a - b) }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    const terms = [
      { value: a.value, factors: [a] },
      { value: -b.value, factors: [b], label: '−b' },
    ];
    return explainSum(terms, `${say(a.value)} - ${say(b.value)}`);
  },
  flops: flopsPerElement,
  onnx: { op: 'Sub' },
  pytorch: 'torch.sub',
  samples: [
    { inputs: { a: [2, 3], b: [2, 3] } },
    { inputs: { a: [3], b: [2, 1, 3] } },
    { inputs: { a: [3, 1], b: [1, 4] } },
    { inputs: { a: [2, 3], b: [] } },
  ],
});
