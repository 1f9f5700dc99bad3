// maximum: elementwise larger of two.              Formula  y = max(a, b)
// Shapes  a, b broadcast to y                    Gradient  dy to the larger; at a tie (the kink a = b) half to each, as PyTorch
// Errors  E_BROADCAST                            NaN stays NaN
// Source  PyTorch maximum, ONNX Max-13            Cost  1 flop an element
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
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

export const maximum = defineOperator({
  id: 'maximum',
  family: 'arithmetic',
  title: 'Maximum',
  summary: 'Takes the larger of two tensors, element by element.',
  formula: 'y = \\max(a, b)',
  gradientFormula:
    'da = dy \\odot \\left([a > b] + \\tfrac12 [a = b]\\right), \\quad db = dy \\odot \\left([b > a] + \\tfrac12 [a = b]\\right)',
  gradientNote: 'Kink where a = b: half to each, as in PyTorch; each summed over what broadcasting repeated.',
  shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
  source: 'PyTorch torch.maximum; ONNX Max',
  keywords: ['max', 'elementwise max'],
  inputs: binaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferBroadcast,
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.a, inputs.b], (e, a, b) => e.max(a, b)) } }),
  gradient({ emit, inputs: { a, b }, cotangents, needs }) {
    // 1 for the winner, ½ at a tie, 0 for the loser.
    const share = (e: ExpressionBuilder, dy: Line, own: Line, other: Line) =>
      e.mul(dy, e.mul(e.constant(0.5), e.add(e.gt(own, other), e.ge(own, other))));
    return {
      a: needs('a') ? mapSummedTo(emit, [cotangents.y, a, b], share, a.shape) : undefined,
      b: needs('b') ? mapSummedTo(emit, [cotangents.y, b, a], share, b.shape) : undefined,
    };
  },
  reference: ({ inputs, outputs }) => ({ y: broadcastReference(inputs, outputs.y.shape, Math.max) }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    const result = Math.max(a.value, b.value);
    const terms = [
      { value: a.value, factors: [a] },
      { value: b.value, factors: [b] },
    ];
    return { by: 'max', terms, result, text: `max(${say(a.value)}, ${say(b.value)}) = ${say(result)}` };
  },
  flops: flopsPerElement,
  onnx: { op: 'Max' },
  pytorch: 'torch.maximum',
  samples: [{ inputs: { a: [2, 3], b: [2, 3] } }, { inputs: { a: [4, 3], b: [3] } }],
});
