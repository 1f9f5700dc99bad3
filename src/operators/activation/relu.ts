// relu: rectified linear unit.                   Formula  y = max(0, x)
// Shapes  x any  y as x                          Gradient  dy where x > 0, else 0; at the kink x = 0 the value 0 is chosen (as PyTorch)
// Source  PyTorch relu, ONNX Relu-14             Cost  1 flop an element; NaN stays NaN
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';

export const relu = defineOperator({
  id: 'relu',
  family: 'activation',
  title: 'ReLU',
  summary: 'Keeps what is positive, zeroes the rest.',
  formula: 'y = \\max(0, x)',
  gradientFormula: 'dx = dy \\odot [x > 0]',
  gradientNote: 'Kink at x = 0: the gradient is 0 there, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.relu; ONNX Relu',
  keywords: ['rectifier'],
  inputs: { x: { title: 'Input' } },
  parameters: {},
  outputs: { y: { title: 'Output' } },
  attributes: z.strictObject({}),
  traits: { elementwise: true, rectifier: true },
  gradientFlow: 'rectifies',
  infer: ({ inputs }) => ({ outputs: { y: inputs.x } }),
  forward: ({ emit, inputs }) => ({ outputs: { y: emit.map([inputs.x], (e, x) => e.max(x, e.constant(0))) } }),
  gradient: ({ emit, outputs, cotangents }) => ({
    x: emit.map([outputs.y, cotangents.y], (e, y, dy) => e.select(e.gt(y, e.constant(0)), dy, e.constant(0))),
  }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map((x) => (Number.isNaN(x) ? x : Math.max(0, x))) }),
  explain({ inputs, index }) {
    const x = inputs.x.data[index] as number;
    const result = Math.max(0, x);
    return {
      by: 'function',
      terms: [{ value: result, factors: [{ port: 'x', index, value: x }] }],
      result,
      text: `max(0, ${x}) = ${result}`,
    };
  },
  flops: ({ outputs }) => numel(outputs.y.shape),
  onnx: { op: 'Relu' },
  pytorch: 'torch.nn.functional.relu',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
