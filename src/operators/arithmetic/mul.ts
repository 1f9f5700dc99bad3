// mul: elementwise product.                      Formula  y = a·b
// Shapes  a, b broadcast to y                    Gradient  da = dy·b, db = dy·a, each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE
// Source  PyTorch mul, ONNX Mul-14               Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import {
  arithmeticReference,
  binaryInputs,
  broadcastFactors,
  inferArithmetic,
  mapSummedTo,
} from '../support/broadcast.ts';
import { say } from '../support/explain.ts';
import { anyOutput, flopsPerElement } from '../support/unary.ts';

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
  outputs: anyOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferArithmetic,
  forward: ({ emit, inputs: { a, b }, outputs: { y } }) => ({
    outputs: { y: emit.map([a, b], (e, left, right) => e.mul(left, right), { dtype: y.dtype }) },
  }),
  gradient: ({ emit, inputs, cotangents, needs }) => ({
    a: needs('a') ? mapSummedTo(emit, [cotangents.y, inputs.b], (e, dy, b) => e.mul(dy, b), inputs.a.shape) : undefined,
    b: needs('b') ? mapSummedTo(emit, [cotangents.y, inputs.a], (e, dy, a) => e.mul(dy, a), inputs.b.shape) : undefined,
  }),
  reference: ({ inputs, outputs }) => arithmeticReference(inputs, outputs, (a, b) => a * b, Math.imul),
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
