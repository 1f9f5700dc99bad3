// not_equal: comparison, element by element.  Formula  y = 1 where a ≠ b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 1
// Source  PyTorch ne, ONNX Not-1 of Equal-13              Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import {
  comparedInputs,
  comparisonReference,
  emitComparison,
  explainComparison,
  inferComparison,
  truthOutput,
} from '../support/comparison.ts';
import { flopsPerElement } from '../support/unary.ts';

function holds(a: number, b: number): boolean {
  return a !== b;
}

export const notEqual = defineOperator({
  id: 'not_equal',
  family: 'arithmetic',
  title: 'Not equal',
  summary: '1 where the first tensor is different from the second, 0 elsewhere.',
  formula: 'y = [a \\ne b]',
  gradientFormula: null,
  gradientNote: 'Y is constant almost everywhere: there is no gradient..',
  shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
  source: 'PyTorch torch.ne; ONNX Not-1 of Equal-13',
  keywords: ['compare', '!=', 'different'],
  inputs: comparedInputs,
  parameters: {},
  outputs: truthOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferComparison,
  forward: ({ emit, inputs }) => ({ outputs: { y: emitComparison(emit, inputs, 'ne') } }),
  gradient: null,
  reference: ({ inputs, outputs }) => ({ y: comparisonReference(inputs, outputs.y.shape, holds) }),
  explain: ({ inputs, outputs, index }) => explainComparison(inputs, outputs.y.shape, index, holds, '≠'),
  flops: flopsPerElement,
  onnx: null,
  pytorch: 'torch.ne',
  samples: [{ inputs: { a: [2, 3], b: [2, 3] } }, { inputs: { a: [4, 1], b: [3] } }],
});
