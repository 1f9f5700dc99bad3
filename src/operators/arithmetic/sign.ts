// sign: −1, 0 or 1.                              Formula  y = x / |x|, 0 at 0
// Shapes  x any  y as x                          Gradient  0 everywhere, also at the jump (as PyTorch)
// Source  PyTorch sign, ONNX Sign-13             Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { anyInput, anyOutput, explainUnary, flopsPerElement, inferUnary } from '../support/unary.ts';

export const sign = defineOperator({
  id: 'sign',
  family: 'arithmetic',
  title: 'Sign',
  summary: 'Keeps of every element only whether it is negative, zero or positive.',
  formula: 'y = \\operatorname{sign}(x)',
  gradientFormula: 'dx = 0',
  gradientNote: '0 everywhere, also at the jump at x = 0, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.sign; ONNX Sign',
  keywords: ['signum', 'binarize', 'fgsm'],
  inputs: anyInput,
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({}),
  traits: { elementwise: true },
  infer: inferUnary,
  forward: ({ emit, inputs: { x } }) => ({
    outputs: { y: emit.map([x], (e, v) => e.sign(v), { dtype: x.dtype }) },
  }),
  gradient: ({ emit, inputs }) => ({ x: emit.fill(inputs.x.shape, 0) }),
  reference: ({ inputs }) => ({ y: inputs.x.data.map(Math.sign) }),
  explain: (context) => explainUnary(context, Math.sign, (x) => `sign(${say(x)})`),
  flops: flopsPerElement,
  onnx: { op: 'Sign' },
  pytorch: 'torch.sign',
  samples: [{ inputs: { x: [2, 3, 4] } }, { inputs: { x: [] } }],
});
