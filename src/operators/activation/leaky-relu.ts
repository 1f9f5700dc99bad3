// leaky_relu: rectifier with a slope.            Formula  y = x where x > 0, else α·x
// Shapes  x any  y as x                          Gradient  dy where x > 0, else α·dy; at the kink x = 0 the value α is chosen (as PyTorch)
// Source  PyTorch leaky_relu, ONNX LeakyRelu-16  Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

export const leakyRelu = defineOperator({
  id: 'leaky_relu',
  family: 'activation',
  title: 'Leaky ReLU',
  summary: 'Keeps what is positive, scales the rest down, so that no unit dies.',
  formula: 'y = \\begin{cases} x & x > 0 \\\\ \\alpha x & x \\le 0 \\end{cases}',
  gradientFormula: 'dx = dy \\odot \\begin{cases} 1 & x > 0 \\\\ \\alpha & x \\le 0 \\end{cases}',
  gradientNote: 'Kink at x = 0: α is chosen, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.leaky_relu; ONNX LeakyRelu',
  keywords: ['rectifier', 'lrelu'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    negative_slope: z.number().default(0.01).meta({ title: 'Negative slope' }),
  }),
  traits: { elementwise: true },
  gradientFlow: 'rectifies',
  infer: inferUnary,
  forward: ({ emit, inputs, attributes }) => ({
    outputs: {
      y: emit.map([inputs.x], (e, x) =>
        e.select(e.gt(x, e.constant(0)), x, e.mul(e.constant(attributes.negative_slope), x)),
      ),
    },
  }),
  gradient: ({ emit, inputs, cotangents, attributes }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) =>
      e.select(e.gt(x, e.constant(0)), dy, e.mul(e.constant(attributes.negative_slope), dy)),
    ),
  }),
  reference: ({ inputs, attributes }) => ({ y: inputs.x.data.map((x) => (x > 0 ? x : attributes.negative_slope * x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => (x > 0 ? x : context.attributes.negative_slope * x),
      (x) => `leaky_relu(${say(x)})`,
    ),
  flops: flopsPerElement,
  onnx: { op: 'LeakyRelu', attributes: { negative_slope: 'alpha' } },
  pytorch: 'torch.nn.functional.leaky_relu',
  samples: [{ inputs: { x: [2, 3, 4] } }, { attributes: { negative_slope: 0.2 }, inputs: { x: [3] } }],
});
