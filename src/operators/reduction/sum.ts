// sum: sum over dimensions.                      Formula  y = Σ x
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = dy, repeated
// Source  PyTorch sum, ONNX ReduceSum-13         Cost  1 flop an element of x
import { defineOperator } from '../define-operator.ts';
import { axesOf } from '../support/axes.ts';
import { factorOf, say } from '../support/explain.ts';
import {
  elementsOf,
  flopsPerInput,
  inferReduction,
  reduceReference,
  reductionAttributes,
  reductionInputs,
  unfolded,
} from '../support/reduction.ts';
import { oneOutput } from '../support/unary.ts';

export const sum = defineOperator({
  id: 'sum',
  family: 'reduction',
  title: 'Sum',
  summary: 'Adds elements up, over some dimensions or all.',
  formula: 'y = \\sum_i x_i',
  gradientFormula: 'dx_i = dy',
  shapes: { x: 'any', y: 'x without the dimensions `dim`, or with them as 1' },
  source: 'PyTorch torch.sum; ONNX ReduceSum',
  keywords: ['reduce sum', 'total', 'add up'],
  inputs: reductionInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim } }) {
    return { outputs: { y: emit.reduce([x], { axes: axesOf(dim, x.shape.length), keepdim }) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    return { x: emit.map([dy], (_, d) => d, { shape: x.shape }) };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, (group) => group.reduce((sum, x) => sum + x, 0)),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementsOf(inputs.x.shape, attributes, index).map((k) => {
      const factor = factorOf('x', inputs.x, k);
      return { value: factor.value, factors: [factor] };
    });
    const group = terms.map((term) => term.value);
    const result = group.reduce((sum, x) => sum + x, 0);
    return { by: 'sum', terms, result, text: `Σ of ${terms.length} elements = ${say(result)}` };
  },
  flops: flopsPerInput,
  onnx: { op: 'ReduceSum', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.sum',
  samples: [
    { inputs: { x: [3, 4] } },
    { attributes: { dim: [1], keepdim: true }, inputs: { x: [2, 3, 4] } },
    { attributes: { dim: [0, -1] }, inputs: { x: [2, 3, 2] } },
    { inputs: { x: [] } },
  ],
});
