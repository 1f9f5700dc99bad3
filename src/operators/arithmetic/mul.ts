// mul: elementwise product.                      Formula  y = a·b
// Shapes  a, b broadcast to y                    Gradient  da = dy·b, db = dy·a, each summed over what broadcasting repeated
// Errors  E_BROADCAST
// Source  PyTorch mul, ONNX Mul-14               Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import {
  binaryInputs,
  broadcastFactors,
  broadcastReference,
  inferBroadcast,
  mapSummedTo,
} from '../support/broadcast.ts';
import { say } from '../support/explain.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';

export const mul = defineOperator({
  id: 'mul',
  family: 'arithmetic',
  title: 'Multiply',
  summary: 'Multiplies two tensors element by element.',
  formula: 'y = a \\odot b',
  gradientFormula: 'da = dy \\odot b, \\quad db = dy \\odot a',
  gradientNote: 'Each summed over what broadcasting repeated.',
  shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
  source: 'PyTorch torch.mul; ONNX Mul',
  keywords: ['times', 'product', 'hadamard', 'scale', 'gate', '*'],
  inputs: binaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferBroadcast,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.a, inputs.b], (e, a, b) => e.mul(a, b)) } }),
  gradient: ({ emit, inputs, cotangents, needs }) => ({
    a: needs('a') ? mapSummedTo(emit, [cotangents.y, inputs.b], (e, dy, b) => e.mul(dy, b), inputs.a.shape) : undefined,
    b: needs('b') ? mapSummedTo(emit, [cotangents.y, inputs.a], (e, dy, a) => e.mul(dy, a), inputs.b.shape) : undefined,
  }),
  reference: ({ inputs, outputs }) => ({ y: broadcastReference(inputs, outputs.y.shape, (a, b) => a * b) }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    const result = a.value * b.value;
    const terms = [
      { value: a.value, factors: [a] },
      { value: b.value, factors: [b] },
    ];
    return { by: 'product', terms, result, text: `${say(a.value)} · ${say(b.value)} = ${say(result)}` };
  },
  flops: flopsPerElement,
  onnx: { op: 'Mul' },
  pytorch: 'torch.mul',
  samples: [
    { inputs: { a: [2, 3], b: [2, 3] } },
    { inputs: { a: [3], b: [2, 1, 3] } },
    { inputs: { a: [3, 1], b: [1, 4] } },
    { inputs: { a: [2, 3], b: [] } },
  ],
});
