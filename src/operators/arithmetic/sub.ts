// sub: elementwise difference.                   Formula  y = a − b
// Shapes  a, b broadcast to y                    Gradient  da = dy, db = −dy, each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE
// Source  PyTorch sub, ONNX Sub-14               Cost  1 flop an element
import { z } from 'zod';
import { integerSubtract } from '../../tensor/integer.ts';
import { defineOperator } from '../define-operator.ts';
import {
  arithmeticReference,
  binaryInputs,
  broadcastFactors,
  inferArithmetic,
  mapSummedTo,
  sumTo,
} from '../support/broadcast.ts';
import { explainSum, say } from '../support/explain.ts';
import { anyOutput, flopsPerElement } from '../support/unary.ts';

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
  outputs: anyOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferArithmetic,
  forward: ({ emit, inputs: { a, b }, outputs: { y } }) => ({
    outputs: { y: emit.map([a, b], (e, left, right) => e.sub(left, right), { dtype: y.dtype }) },
  }),
  gradient: ({ emit, inputs, cotangents, needs }) => ({
    a: needs('a') ? sumTo(emit, cotangents.y, inputs.a.shape) : undefined,
    b: needs('b') ? mapSummedTo(emit, [cotangents.y], (e, dy) => e.neg(dy), inputs.b.shape) : undefined,
  }),
  reference: ({ inputs, outputs }) => arithmeticReference(inputs, outputs, (a, b) => a - b, integerSubtract),
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
