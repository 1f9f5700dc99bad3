// hard_sigmoid: sigmoid of straight lines.       Formula  y = min(1, max(0, α·x + β))
// Shapes  x any  y as x                          Gradient  α·dy where 0 < y < 1, else 0, also at the kinks (as PyTorch)
// Source  PyTorch hardsigmoid (α = 1/6, β = ½), ONNX HardSigmoid-6 (α = 0.2 unless given)
// Cost    1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

interface Attributes {
  readonly alpha: number;
  readonly beta: number;
}

function hardSigmoidOf({ alpha, beta }: Attributes, x: number): number {
  return Math.min(1, Math.max(0, alpha * x + beta));
}

export const hardSigmoid = defineOperator({
  id: 'hard_sigmoid',
  family: 'activation',
  title: 'Hard sigmoid',
  summary: 'A sigmoid made of three straight lines: cheap, and flat outside.',
  formula: 'y = \\min(1, \\max(0, \\alpha x + \\beta))',
  gradientFormula: 'dx = \\alpha\\, dy \\odot [0 < y < 1]',
  gradientNote: 'Kinks where the lines meet: the gradient is 0 there, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.hardsigmoid; ONNX HardSigmoid',
  keywords: ['hardsigmoid', 'piecewise linear', 'gate'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    alpha: z
      .number()
      .default(1 / 6)
      .meta({ title: 'Slope α' }),
    beta: z.number().default(0.5).meta({ title: 'Offset β' }),
  }),
  traits: { elementwise: true },
  gradientFlow: 'saturates',
  infer: inferUnary,
  forward: ({ emit, inputs, attributes: { alpha, beta } }) => ({
    outputs: {
      y: emit.map([inputs.x], (e, x) => {
        const line = e.add(e.mul(x, e.constant(alpha)), e.constant(beta));
        return e.min(e.max(line, e.constant(0)), e.constant(1));
      }),
    },
  }),
  gradient: ({ emit, outputs, cotangents, attributes: { alpha } }) => ({
    x: emit.map([cotangents.y, outputs.y], (e, dy, y) => {
      const inside = e.and(e.gt(y, e.constant(0)), e.lt(y, e.constant(1)));
      return e.select(inside, e.mul(dy, e.constant(alpha)), e.constant(0));
    }),
  }),
  reference: ({ inputs, attributes }) => ({ y: inputs.x.data.map((x) => hardSigmoidOf(attributes, x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => hardSigmoidOf(context.attributes, x),
      (x) => `min(1, max(0, ${say(context.attributes.alpha)}·${say(x)} + ${say(context.attributes.beta)}))`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'HardSigmoid', attributes: { alpha: 'alpha', beta: 'beta' } },
  pytorch: 'torch.nn.functional.hardsigmoid',
  samples: [{ inputs: { x: [2, 3, 4] } }, { attributes: { alpha: 0.9, beta: 0.4 }, inputs: { x: [12] } }],
});
