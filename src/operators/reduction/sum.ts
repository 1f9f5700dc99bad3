// sum: sum over dimensions.                      Formula  y = Σ x
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = dy, repeated
// Source  PyTorch sum, ONNX ReduceSum-13         Cost  1 flop an element of x
import { integerAdd } from '../../tensor/integer.ts';
import { defineOperator } from '../define-operator.ts';
import { axesOf } from '../support/axes.ts';
import { say } from '../support/explain.ts';
import {
  elementTerms,
  flopsPerInput,
  inferReduction,
  reduceReference,
  reductionAttributes,
  reductionInputs,
  reductionSamples,
  reductionShapes,
  unfolded,
} from '../support/reduction.ts';
import { anyOutput } from '../support/unary.ts';

export const sum = defineOperator({
  id: 'sum',
  family: 'reduction',
  title: 'Sum',
  summary: 'Adds elements up, over some dimensions or all.',
  formula: 'y = \\sum_i x_i',
  gradientFormula: 'dx_i = dy',
  shapes: reductionShapes,
  source: 'PyTorch torch.sum; ONNX ReduceSum',
  keywords: ['reduce sum', 'total', 'add up'],
  inputs: reductionInputs,
  parameters: {},
  outputs: anyOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim }, outputs: { y } }) {
    const options = { axes: axesOf(dim, x.shape.length), keepdim, dtype: y.dtype };
    return { outputs: { y: emit.reduce([x], options) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    return { x: emit.map([dy], (_, d) => d, { shape: x.shape }) };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, (group) =>
      group.reduce(outputs.y.dtype === 'int32' ? integerAdd : (sum, x) => sum + x, 0),
    ),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementTerms(inputs.x, attributes, index);
    const group = terms.map((term) => term.value);
    const result = group.reduce((sum, x) => sum + x, 0);
    return { by: 'sum', terms, result, text: `Σ of ${terms.length} elements = ${say(result)}` };
  },
  flops: flopsPerInput,
  onnx: { op: 'ReduceSum', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.sum',
  samples: reductionSamples,
});
