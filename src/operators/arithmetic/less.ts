// less: comparison, element by element.  Formula  y = 1 where a < b, else 0
// Shapes  a, b broadcast to y, int32             Gradient  none: y is constant almost everywhere
// Errors  E_BROADCAST                            Comparisons with NaN give 0
// Source  PyTorch lt, ONNX Less-13              Cost  1 flop an element
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
  return a < b;
}

export const less = defineOperator({
  id: 'less',
  family: 'arithmetic',
  title: 'Less',
  summary: '1 where the first tensor is smaller than the second, 0 elsewhere.',
  formula: 'y = [a < b]',
  gradientFormula: null,
  gradientNote: 'Y is constant almost everywhere: there is no gradient..',
  shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
  source: 'PyTorch torch.lt; ONNX Less-13',
  keywords: ['compare', '<', 'smaller', 'threshold'],
  inputs: comparedInputs,
  parameters: {},
  outputs: truthOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer: inferComparison,
  forward: ({ emit, inputs }) => ({ outputs: { y: emitComparison(emit, inputs, 'lt') } }),
  gradient: null,
  reference: ({ inputs, outputs }) => ({ y: comparisonReference(inputs, outputs.y.shape, holds) }),
  explain: ({ inputs, outputs, index }) => explainComparison(inputs, outputs.y.shape, index, holds, '<'),
  flops: flopsPerElement,
  onnx: { op: 'Less' },
  pytorch: 'torch.lt',
  samples: [{ inputs: { a: [2, 3], b: [2, 3] } }, { inputs: { a: [4, 1], b: [3] } }],
});
