// mean: average over dimensions.                 Formula  y = Σ x / n
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = dy/n, repeated
// Source  PyTorch mean, ONNX ReduceMean-13       Cost  1 flop an element of x
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axesOf } from '../support/axes.ts';
import { say } from '../support/explain.ts';
import {
  elementTerms,
  flopsPerInput,
  inferReduction,
  realReductionInputs,
  reduceReference,
  reductionAttributes,
  reductionSamples,
  reductionShapes,
  unfolded,
} from '../support/reduction.ts';
import { oneOutput } from '../support/unary.ts';

function divideBy(count: number) {
  return (e: ExpressionBuilder, x: Line): Line => e.div(x, e.constant(count));
}

export const mean = defineOperator({
  id: 'mean',
  family: 'reduction',
  title: 'Mean',
  summary: 'The average of elements, over some dimensions or all.',
  formula: 'y = \\frac{1}{n} \\sum_i x_i',
  gradientFormula: 'dx_i = \\frac{dy}{n}',
  shapes: reductionShapes,
  source: 'PyTorch torch.mean; ONNX ReduceMean',
  keywords: ['reduce mean', 'average'],
  inputs: realReductionInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: reductionAttributes,
  traits: {},
  gradientFlow: 'averages',
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim, keepdim } }) {
    const axes = axesOf(dim, x.shape.length);
    const finish = divideBy(numel(axes.map((axis) => x.shape[axis] as number)));
    return { outputs: { y: emit.reduce([x], { axes, keepdim, finish }) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    return { x: emit.map([dy], divideBy(numel(x.shape) / numel(dy.shape)), { shape: x.shape }) };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(
      inputs.x,
      attributes,
      outputs.y.shape,
      (group) => group.reduce((sum, x) => sum + x, 0) / group.length,
    ),
  }),
  explain({ inputs, attributes, index }) {
    const terms = elementTerms(inputs.x, attributes, index);
    const group = terms.map((term) => term.value);
    const result = group.reduce((sum, x) => sum + x, 0) / group.length;
    return { by: 'mean', terms, result, text: `mean of ${terms.length} elements = ${say(result)}` };
  },
  flops: flopsPerInput,
  onnx: { op: 'ReduceMean', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.mean',
  samples: reductionSamples,
});
