// amax: largest over dimensions.                Formula  y = max x
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dy to the largest; ties (the kink) share it evenly, as PyTorch
// Source  PyTorch amax, ONNX ReduceMax-13        Cost  1 flop an element of x; NaN stays NaN
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

export const amax = defineOperator({
  id: 'amax',
  family: 'reduction',
  title: 'Maximum over dimensions',
  summary: 'The largest element, over some dimensions or all.',
  formula: 'y = \\max_i x_i',
  gradientFormula: 'dx_i = dy\\, \\frac{[x_i = y]}{\\sum_j [x_j = y]}',
  gradientNote: 'Kink where several are largest: they share the gradient evenly, as in PyTorch.',
  shapes: { x: 'any', y: 'x without the dimensions `dim`, or with them as 1' },
  source: 'PyTorch torch.amax; ONNX ReduceMax',
  keywords: ['reduce max', 'max', 'largest'],
  inputs: reductionInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim } }) {
    return { outputs: { y: emit.reduce([x], { axes: axesOf(dim, x.shape.length), keepdim, by: 'max' }) } };
  },
  gradient({ emit, inputs: { x }, attributes, outputs, cotangents }) {
    const y = unfolded(emit, outputs.y, x.shape, attributes);
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    const axes = axesOf(attributes.dim, x.shape.length);
    const ties = emit.reduce([x, y], { axes, keepdim: true, value: (e, a, b) => e.eq(a, b) });
    return {
      x: emit.map([dy, x, y, ties], (e, d, a, b, n) => e.select(e.eq(a, b), e.div(d, n), e.constant(0))),
    };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, (group) =>
      group.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    ),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementsOf(inputs.x.shape, attributes, index).map((k) => {
      const factor = factorOf('x', inputs.x, k);
      return { value: factor.value, factors: [factor] };
    });
    const group = terms.map((term) => term.value);
    const result = group.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return { by: 'max', terms, result, text: `max of ${terms.length} elements = ${say(result)}` };
  },
  flops: flopsPerInput,
  onnx: { op: 'ReduceMax', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.amax',
  samples: [
    { inputs: { x: [3, 4] } },
    { attributes: { dim: [1], keepdim: true }, inputs: { x: [2, 3, 4] } },
    { attributes: { dim: [0, -1] }, inputs: { x: [2, 3, 2] } },
    { inputs: { x: [] } },
  ],
});
