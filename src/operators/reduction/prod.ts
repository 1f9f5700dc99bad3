// prod: product over dimensions.                 Formula  y = Π x
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = dy·Π of the others, also where factors are 0
// Source  PyTorch prod, ONNX ReduceProd-13       Cost  1 flop an element of x
import type { Ref } from '../../program/access.ts';
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
  reductionShapes,
  unfolded,
} from '../support/reduction.ts';
import { anyOutput } from '../support/unary.ts';

export const prod = defineOperator({
  id: 'prod',
  family: 'reduction',
  title: 'Product',
  summary: 'Multiplies elements, over some dimensions or all.',
  formula: 'y = \\prod_i x_i',
  gradientFormula: 'dx_i = dy \\prod_{j \\ne i} x_j',
  gradientNote: 'Right where factors are 0, too.',
  shapes: reductionShapes,
  source: 'PyTorch torch.prod; ONNX ReduceProd',
  keywords: ['reduce prod', 'multiply'],
  inputs: reductionInputs,
  parameters: {},
  outputs: anyOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim }, outputs: { y } }) {
    const options = { axes: axesOf(dim, x.shape.length), keepdim, by: 'prod', dtype: y.dtype } as const;
    return { outputs: { y: emit.reduce([x], options) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    const axes = axesOf(attributes.dim, x.shape.length);
    const zeros: Ref = emit.reduce([x], { axes, keepdim: true, value: (e, v) => e.eq(v, e.constant(0)) });
    // The product of what is not 0: with one 0 it is that element's slope, with two all slopes are 0.
    const rest = emit.reduce([x], {
      axes,
      keepdim: true,
      by: 'prod',
      value: (e, v) => e.select(e.eq(v, e.constant(0)), e.constant(1), v),
    });
    return {
      x: emit.map([dy, x, zeros, rest], (e, d, v, count, product) => {
        const isZero = e.eq(v, e.constant(0));
        const own = e.div(product, e.select(isZero, e.constant(1), v));
        const alone = e.eq(count, isZero);
        return e.mul(d, e.select(alone, own, e.constant(0)));
      }),
    };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, (group) =>
      group.reduce(outputs.y.dtype === 'int32' ? (a, b) => Math.imul(a, b) : (a, b) => a * b, 1),
    ),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementTerms(inputs.x, attributes, index);
    const result = terms.reduce((product, term) => product * term.value, 1);
    return { by: 'product', terms, result, text: `Π of ${terms.length} elements = ${say(result)}` };
  },
  flops: flopsPerInput,
  onnx: { op: 'ReduceProd', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.prod',
  samples: [
    { inputs: { x: [2, 3] } },
    { attributes: { dim: [1], keepdim: true }, inputs: { x: [2, 3, 4] } },
    { attributes: { dim: [0, -1] }, inputs: { x: [2, 2, 2] } },
    { inputs: { x: [] } },
  ],
});
