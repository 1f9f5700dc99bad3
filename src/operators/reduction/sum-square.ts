// sum_square: sum of squares.  Formula  y = Σ x²
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = 2x·dy
// Source  ONNX ReduceSumSquare-13  Cost  2 flops an element of x

import { integerAdd } from '../../tensor/integer.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axesOf } from '../support/axes.ts';
import { explainSum, factorOf, say } from '../support/explain.ts';
import {
  elementsOf,
  inferReduction,
  reduceReference,
  reductionAttributes,
  reductionInputs,
  reductionSamples,
  unfolded,
} from '../support/reduction.ts';
import { anyOutput } from '../support/unary.ts';

export const sumSquare = defineOperator({
  id: 'sum_square',
  family: 'reduction',
  title: 'Sum of squares',
  summary: 'Adds squares up, over some dimensions or all.',
  formula: 'y = \\sum_i x_i^2',
  gradientFormula: 'dx_i = 2 x_i\\, dy',
  shapes: { x: 'any', y: 'x without the dimensions `dim`, or with them as 1' },
  source: 'ONNX ReduceSumSquare',
  keywords: ['reduce sum square', 'energy', 'l2 squared'],
  inputs: reductionInputs,
  parameters: {},
  outputs: anyOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim }, outputs: { y } }) {
    const axes = axesOf(dim, x.shape.length);
    return { outputs: { y: emit.reduce([x], { axes, keepdim, dtype: y.dtype, value: (e, v) => e.mul(v, v) }) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    return { x: emit.map([dy, x], (e, d, v) => e.mul(d, e.add(v, v))) };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, (group) =>
      outputs.y.dtype === 'int32'
        ? group.reduce((sum, x) => integerAdd(sum, Math.imul(x, x)), 0)
        : group.reduce((sum, x) => sum + x * x, 0),
    ),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementsOf(inputs.x.shape, attributes, index).map((k) => {
      const factor = factorOf('x', inputs.x, k);
      return { value: factor.value * factor.value, factors: [factor] };
    });
    return explainSum(terms, `Σ x² over ${say(terms.length)} elements`);
  },
  flops: ({ inputs }) => 2 * numel(inputs.x.shape),
  onnx: { op: 'ReduceSumSquare', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: null,
  samples: reductionSamples,
});
