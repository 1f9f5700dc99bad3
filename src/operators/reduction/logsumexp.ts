// logsumexp: smooth maximum over dimensions.     Formula  y = ln Σ eˣ
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = dy·e^(x−y): a softmax
// Source  PyTorch logsumexp, ONNX ReduceLogSumExp-13
// Cost    3 flops an element of x; shifted by the maximum: never overflows
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
import { shaped } from '../support/shaped.ts';
import { oneOutput } from '../support/unary.ts';

/** Largest float32: what lies beyond is infinite and cannot shift anything. */
const largestFinite = 3.4028234663852886e38;

function logSumExp(group: readonly number[]): number {
  const largest = group.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const shift = Number.isFinite(largest) ? largest : 0;
  return shift + Math.log(group.reduce((sum, x) => sum + Math.exp(x - shift), 0));
}

export const logsumexp = defineOperator({
  id: 'logsumexp',
  family: 'reduction',
  title: 'Log-sum-exp',
  summary: 'The logarithm of a sum of exponentials: a smooth maximum.',
  formula: 'y = \\ln \\sum_i e^{x_i}',
  gradientFormula: 'dx_i = e^{x_i - y}\\, dy',
  shapes: reductionShapes,
  source: 'PyTorch torch.logsumexp; ONNX ReduceLogSumExp',
  keywords: ['reduce log sum exp', 'smooth maximum', 'softmax denominator'],
  inputs: realReductionInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: reductionAttributes,
  traits: {},
  infer: inferReduction,
  forward({ emit, inputs: { x }, attributes: { dim }, outputs }) {
    const axes = axesOf(dim, x.shape.length);
    const shift = emit.reduce([x], {
      axes,
      keepdim: true,
      by: 'max',
      finish: (e, most) => e.select(e.gt(e.abs(most), e.constant(largestFinite)), e.constant(0), most),
    });
    const sum = emit.reduce([x, shift], { axes, keepdim: true, value: (e, v, most) => e.exp(e.sub(v, most)) });
    const y = emit.map([sum, shift], (e, total, most) => e.add(e.log(total), most));
    return { outputs: { y: shaped(emit, y, outputs.y.shape) } };
  },
  gradient({ emit, inputs: { x }, attributes, outputs, cotangents }) {
    const y = unfolded(emit, outputs.y, x.shape, attributes);
    const dy = unfolded(emit, cotangents.y, x.shape, attributes);
    return { x: emit.map([dy, x, y], (e, d, v, total) => e.mul(d, e.exp(e.sub(v, total)))) };
  },
  reference: ({ inputs, attributes, outputs }) => ({
    y: reduceReference(inputs.x, attributes, outputs.y.shape, logSumExp),
  }),
  explain({ inputs, attributes, index }) {
    const factors = elementsOf(inputs.x.shape, attributes, index).map((k) => factorOf('x', inputs.x, k));
    const result = logSumExp(factors.map((factor) => factor.value));
    const text = `ln Σ e^x over ${factors.length} elements = ${say(result)}`;
    return { by: 'function', terms: [{ value: result, factors }], result, text };
  },
  flops: ({ inputs }) => 3 * numel(inputs.x.shape),
  onnx: { op: 'ReduceLogSumExp', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.logsumexp',
  samples: reductionSamples,
});
