// l1_norm: sum of magnitudes.  Formula  y = Σ |x|
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = sign(x)·dy; 0 at the kink x = 0 (as PyTorch)
// Source  PyTorch linalg.vector_norm (ord 1), ONNX ReduceL1-13  Cost  2 flops an element of x

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

export const l1Norm = defineOperator({
  id: 'l1_norm',
  family: 'reduction',
  title: 'L1 norm',
  summary: 'Adds magnitudes up, over some dimensions or all.',
  formula: 'y = \\sum_i |x_i|',
  gradientFormula: 'dx_i = \\operatorname{sign}(x_i)\\, dy',
  gradientNote: 'Kink at x = 0: the gradient is 0 there, as in PyTorch.',
  shapes: { x: 'any', y: 'x without the dimensions `dim`, or with them as 1' },
  source: 'PyTorch torch.linalg.vector_norm with ord 1; ONNX ReduceL1',
  keywords: ['reduce l1', 'manhattan', 'absolute'],
  inputs: reductionInputs,
  parameters: {},
  outputs: anyOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim }, outputs: { y } }) {
    const axes = axesOf(dim, x.shape.length);
    return { outputs: { y: emit.reduce([x], { axes, keepdim, dtype: y.dtype, value: (e, v) => e.abs(v) }) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    return { x: emit.map([dy, x], (e, d, v) => e.mul(d, e.sign(v))) };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, (group) =>
      group.map(Math.abs).reduce(outputs.y.dtype === 'int32' ? integerAdd : (sum, x) => sum + x, 0),
    ),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementsOf(inputs.x.shape, attributes, index).map((k) => {
      const factor = factorOf('x', inputs.x, k);
      return { value: Math.abs(factor.value), factors: [factor] };
    });
    return explainSum(terms, `Σ |x| over ${say(terms.length)} elements`);
  },
  flops: ({ inputs }) => 2 * numel(inputs.x.shape),
  onnx: { op: 'ReduceL1', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.linalg.vector_norm',
  samples: reductionSamples,
});
