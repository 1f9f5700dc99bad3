// softmax: probabilities from scores.            Formula  y = eˣ / Σ eˣ along one dimension
// Shapes  x any of rank ≥ 1  y as x              Gradient  dx = y·(dy − Σ dy·y)
// Errors  E_DIM                                  Shifted by the maximum: never overflows
// Source  PyTorch softmax, ONNX Softmax-13       Cost  4 flops an element
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axisOf, checkAxis } from '../support/axes.ts';
import { say } from '../support/explain.ts';
import { fragmentOf } from '../support/fragment.ts';
import { explainExponentials, softmaxReference } from '../support/softmax.ts';
import { oneOutput } from '../support/unary.ts';

export const softmax = defineOperator({
  id: 'softmax',
  family: 'activation',
  title: 'Softmax',
  summary: 'Turns scores into probabilities that add up to 1.',
  formula: 'y_i = \\frac{e^{x_i}}{\\sum_j e^{x_j}}',
  gradientFormula: 'dx_i = y_i \\left(dy_i - \\sum_j dy_j\\, y_j\\right)',
  shapes: { x: 'any of rank 1 or more', y: 'as x' },
  source: 'PyTorch torch.nn.functional.softmax; ONNX Softmax',
  keywords: ['probabilities', 'normalize', 'classifier', 'attention'],
  inputs: { x: { title: 'Scores', rank: [1, 8] } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ dim: z.int().default(-1).meta({ title: 'Dimension' }) }),
  traits: {},
  gradientFlow: 'saturates',
  infer({ inputs, attributes, fail }) {
    return checkAxis(attributes.dim, inputs.x.shape, 'dim', fail) === null ? null : { outputs: { y: inputs.x } };
  },
  forward: ({ emit, inputs: { x }, attributes }) => ({
    outputs: { y: emit.softmax(x, axisOf(attributes.dim, x.shape.length), false) },
  }),
  gradient({ emit, outputs: { y }, cotangents, attributes }) {
    const axes = [axisOf(attributes.dim, y.shape.length)];
    const sum = emit.reduce([cotangents.y, y], { axes, keepdim: true, value: (e, dy, p) => e.mul(dy, p) });
    return { x: emit.map([cotangents.y, y, sum], (e, dy, p, s) => e.mul(p, e.sub(dy, s))) };
  },
  reference: ({ inputs: { x }, attributes }) => ({
    y: softmaxReference(x, axisOf(attributes.dim, x.shape.length), false),
  }),
  explain({ inputs: { x }, attributes, index }) {
    const { own, group, top, sum } = explainExponentials(x, axisOf(attributes.dim, x.shape.length), index);
    const terms = [
      { value: top, factors: [own], label: 'e^(x − max)' },
      { value: 1 / sum, factors: group, label: '1 / Σ e^(x − max)' },
    ];
    return { by: 'product', terms, result: top / sum, text: `${say(top)} / ${say(sum)} = ${say(top / sum)}` };
  },
  expand: ({ attributes: { dim } }) =>
    fragmentOf(
      {
        largest: { op: 'amax', at: [0, 0], wires: { x: 'in.x' }, attributes: { dim: [dim], keepdim: true } },
        shifted: { op: 'sub', at: [1, 0], wires: { a: 'in.x', b: 'largest.y' } },
        powers: { op: 'exp', at: [2, 0], wires: { x: 'shifted.y' } },
        total: { op: 'sum', at: [3, 1], wires: { x: 'powers.y' }, attributes: { dim: [dim], keepdim: true } },
        shares: { op: 'div', at: [4, 0], wires: { a: 'powers.y', b: 'total.y' } },
      },
      'shares.y',
    ),
  flops: ({ inputs }) => 4 * numel(inputs.x.shape),
  onnx: { op: 'Softmax', attributes: { dim: 'axis' } },
  pytorch: 'torch.nn.functional.softmax',
  samples: [{ inputs: { x: [3, 5] } }, { attributes: { dim: 1 }, inputs: { x: [2, 4, 3] } }, { inputs: { x: [4] } }],
});
