// elu: exponential linear unit.                  Formula  y = x where x > 0, else α·(eˣ − 1)
// Shapes  x any  y as x                          Gradient  dy where x > 0, else dy·α·eˣ; the lower branch at the kink x = 0 (as PyTorch)
// Source  Clevert et al. 2015; PyTorch elu, ONNX Elu-6
// Cost    1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const elu = defineOperator({
  id: 'elu',
  family: 'activation',
  title: 'ELU',
  summary: 'Keeps what is positive, bends the rest smoothly towards −α.',
  formula: 'y = \\begin{cases} x & x > 0 \\\\ \\alpha (e^x - 1) & x \\le 0 \\end{cases}',
  gradientFormula: 'dx = dy \\odot \\begin{cases} 1 & x > 0 \\\\ \\alpha e^x & x \\le 0 \\end{cases}',
  gradientNote: 'Kink at x = 0 where α is not 1: the lower branch is chosen, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.elu; ONNX Elu',
  keywords: ['exponential linear unit'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    alpha: z.number().default(1).meta({ title: 'α' }),
  }),
  traits: { elementwise: true },
  gradientFlow: 'saturates',
  infer: inferUnary,
  forward: ({ emit, inputs, attributes }) => ({
    outputs: {
      y: emit.map([inputs.x], (e, x) => {
        const below = e.mul(e.constant(attributes.alpha), e.sub(e.exp(e.min(x, e.constant(0))), e.constant(1)));
        return e.select(e.gt(x, e.constant(0)), x, below);
      }),
    },
  }),
  gradient: ({ emit, inputs, cotangents, attributes }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => {
      const below = e.mul(e.constant(attributes.alpha), e.exp(e.min(x, e.constant(0))));
      return e.select(e.gt(x, e.constant(0)), dy, e.mul(dy, below));
    }),
  }),
  reference: ({ inputs, attributes }) => ({
    y: inputs.x.data.map((x) => (x > 0 ? x : attributes.alpha * Math.expm1(x))),
  }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => (x > 0 ? x : context.attributes.alpha * Math.expm1(x)),
      (x) => `elu(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'Elu', attributes: { alpha: 'alpha' } },
  pytorch: 'torch.nn.functional.elu',
  samples: [{ inputs: { x: [2, 3, 4] } }, { attributes: { alpha: 0.5 }, inputs: { x: [3] } }],
});
