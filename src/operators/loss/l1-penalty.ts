// l1_penalty: sum of magnitudes to be kept small.   Formula  y = λ·Σ |x| over all inputs
// Shapes  x0, x1, … any  y scalar                Gradient  dx = λ·sign(x)·dy; 0 at the kink x = 0
// Source  CS231n R(W); Tibshirani 1996
// Cost    2 flops an element
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { explainSum, factorOf, say } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';

export const l1Penalty = defineOperator({
  id: 'l1_penalty',
  family: 'loss',
  title: 'L1 penalty',
  summary: 'Pulls weights to exactly zero: λ times the sum of magnitudes of what is wired.',
  formula: 'y = \\lambda \\sum_i |x_i|',
  gradientFormula: 'dx_i = \\lambda \\operatorname{sign}(x_i)\\, dy',
  gradientNote: 'Kink at x = 0: the gradient is 0 there.',
  shapes: { x: 'any', y: 'a scalar' },
  source: 'CS231n regularization',
  keywords: ['lasso', 'regularization', 'sparsity', 'l1'],
  inputs: { x: { title: 'Weights', variadic: 1 } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ weight: z.number().min(0).default(1e-4).meta({ title: 'Strength λ' }) }),
  traits: {},
  infer: () => ({ outputs: { y: { dtype: 'float32', shape: [] } } }),
  forward({ emit, inputs, attributes }) {
    const sums = inputs.x.map((tensor) =>
      emit.reduce([tensor], {
        axes: [...tensor.shape.keys()],
        value: (e, x) => e.abs(x),
        finish: (e, sum) => e.mul(sum, e.constant(attributes.weight)),
      }),
    );
    const [first, ...rest] = sums as [Ref, ...Ref[]];
    return { outputs: { y: rest.reduce((total, sum) => emit.map([total, sum], (e, a, b) => e.add(a, b)), first) } };
  },
  gradient: ({ emit, inputs, attributes, cotangents, needs }) => ({
    x: inputs.x.map((tensor, i) =>
      needs(`x${i}`)
        ? emit.map([tensor, cotangents.y], (e, x, dy) => e.mul(dy, e.mul(e.constant(attributes.weight), e.sign(x))))
        : undefined,
    ),
  }),
  reference({ inputs, attributes }) {
    let sum = 0;
    for (const { data } of inputs.x) for (const value of data) sum += Math.abs(value);
    return { y: Float64Array.of(attributes.weight * sum) };
  },
  explain({ inputs, attributes }) {
    const terms = inputs.x.flatMap((tensor, i) =>
      Array.from(tensor.data, (value, k) => ({
        value: attributes.weight * Math.abs(value),
        factors: [factorOf(`x${i}`, tensor, k)],
      })),
    );
    return explainSum(terms, `${say(attributes.weight)} · Σ |x|`);
  },
  flops: ({ inputs }) => 2 * inputs.x.reduce((sum, { shape }) => sum + numel(shape), 0),
  onnx: null,
  pytorch: null,
  samples: [
    { attributes: { weight: 0.1 }, inputs: { x0: [3, 4] } },
    { attributes: { weight: 0.5 }, inputs: { x0: [3, 2], x1: [4], x2: [] } },
  ],
});
