// l2_penalty: sum of squares to be kept small.   Formula  y = λ·Σ x² over all inputs
// Shapes  x0, x1, … any  y scalar                Gradient  dx = 2λ·x·dy
// Source  CS231n R(W); PyTorch weight_decay is 2λ
// Cost    2 flops an element
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { explainSum, factorOf, say } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';

export const l2Penalty = defineOperator({
  id: 'l2_penalty',
  family: 'loss',
  title: 'L2 penalty',
  summary: 'Weight decay as a visible term: λ times the sum of squares of what is wired.',
  formula: 'y = \\lambda \\sum_i x_i^2',
  gradientFormula: 'dx_i = 2 \\lambda x_i\\, dy',
  shapes: { x: 'any', y: 'a scalar' },
  source: 'CS231n regularization',
  keywords: ['weight decay', 'regularization', 'ridge', 'l2'],
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
        value: (e, x) => e.mul(x, x),
        finish: (e, sum) => e.mul(sum, e.constant(attributes.weight)),
      }),
    );
    const [first, ...rest] = sums as [Ref, ...Ref[]];
    return { outputs: { y: rest.reduce((total, sum) => emit.map([total, sum], (e, a, b) => e.add(a, b)), first) } };
  },
  gradient: ({ emit, inputs, attributes, cotangents, needs }) => ({
    x: inputs.x.map((tensor, i) =>
      needs(`x${i}`)
        ? emit.map([tensor, cotangents.y], (e, x, dy) => e.mul(dy, e.mul(e.constant(2 * attributes.weight), x)))
        : undefined,
    ),
  }),
  reference({ inputs, attributes }) {
    let sum = 0;
    for (const { data } of inputs.x) for (const value of data) sum += value * value;
    return { y: Float64Array.of(attributes.weight * sum) };
  },
  explain({ inputs, attributes }) {
    const terms = inputs.x.flatMap((tensor, i) =>
      Array.from(tensor.data, (value, k) => ({
        value: attributes.weight * (value * value),
        factors: [factorOf(`x${i}`, tensor, k)],
      })),
    );
    return explainSum(terms, `${say(attributes.weight)} · Σ x²`);
  },
  flops: ({ inputs }) => 2 * inputs.x.reduce((sum, { shape }) => sum + numel(shape), 0),
  onnx: null,
  pytorch: null,
  samples: [
    { attributes: { weight: 0.1 }, inputs: { x0: [3, 4] } },
    { attributes: { weight: 0.5 }, inputs: { x0: [3, 2], x1: [4], x2: [] } },
  ],
});
