// l2_norm: length of a vector.  Formula  y = √Σ x²
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = dy·x/y; 0 at the kink y = 0 (as PyTorch)
// Source  PyTorch linalg.vector_norm, ONNX ReduceL2-13  Cost  2 flops an element of x
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axesOf } from '../support/axes.ts';
import { factorOf, say } from '../support/explain.ts';
import {
  elementsOf,
  inferReduction,
  realReductionInputs,
  reduceReference,
  reductionAttributes,
  reductionSamples,
  reductionShapes,
  unfolded,
} from '../support/reduction.ts';
import { oneOutput } from '../support/unary.ts';

export const l2Norm = defineOperator({
  id: 'l2_norm',
  family: 'reduction',
  title: 'L2 norm',
  summary: 'The length of vectors, over some dimensions or all.',
  formula: 'y = \\sqrt{\\sum_i x_i^2}',
  gradientFormula: 'dx_i = \\frac{x_i}{y}\\, dy',
  gradientNote: 'Kink at y = 0: the gradient is 0 there, as in PyTorch.',
  shapes: reductionShapes,
  source: 'PyTorch torch.linalg.vector_norm; ONNX ReduceL2',
  keywords: ['reduce l2', 'euclidean', 'length', 'magnitude'],
  inputs: realReductionInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim } }) {
    const axes = axesOf(dim, x.shape.length);
    return {
      outputs: {
        y: emit.reduce([x], { axes, keepdim, value: (e, v) => e.mul(v, v), finish: (e, sum) => e.sqrt(sum) }),
      },
    };
  },
  gradient({ emit, inputs: { x }, attributes, outputs, cotangents }) {
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    const y = unfolded(emit, outputs.y, x.shape, attributes);
    return {
      x: emit.map([dy, x, y], (e, d, v, length) =>
        e.select(e.eq(length, e.constant(0)), e.constant(0), e.mul(d, e.div(v, length))),
      ),
    };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, (group) =>
      Math.sqrt(group.reduce((sum, x) => sum + x * x, 0)),
    ),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementsOf(inputs.x.shape, attributes, index).map((k) => {
      const factor = factorOf('x', inputs.x, k);
      return { value: factor.value * factor.value, factors: [factor] };
    });
    const result = Math.sqrt(terms.reduce((sum, term) => sum + term.value, 0));
    const factors = terms.flatMap((term) => term.factors);
    const text = `√Σ x² over ${terms.length} elements = ${say(result)}`;
    return { by: 'function', terms: [{ value: result, factors }], result, text };
  },
  flops: ({ inputs }) => 2 * numel(inputs.x.shape),
  onnx: { op: 'ReduceL2', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.linalg.vector_norm',
  samples: reductionSamples,
});
