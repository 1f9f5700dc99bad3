// mish: the input gated by its softplus.         Formula  y = x·tanh(ln(1 + eˣ))
// Shapes  x any  y as x                          Gradient  dx = dy·(t + x·(1 − t²)·sigmoid(x)), t = tanh(ln(1 + eˣ))
// Source  Misra 2019; PyTorch mish, ONNX Mish-18 Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const mish = defineOperator({
  id: 'mish',
  family: 'activation',
  title: 'Mish',
  summary: 'A smooth, self-gated activation that dips below zero a little.',
  formula: 'y = x \\odot \\tanh(\\ln(1 + e^x))',
  gradientFormula: 'dx = dy \\odot \\left(t + x\\, (1 - t^2)\\, \\sigma(x)\\right), \\quad t = \\tanh(\\ln(1 + e^x))',
  shapes: { x: 'any', y: 'as x' },
  source: 'Misra 2019 (arXiv:1908.08681); PyTorch torch.nn.functional.mish; ONNX Mish',
  keywords: ['self regularized', 'smooth'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.mul(x, e.tanh(e.softplus(x))),
    slope: (e, x) => {
      const gate = e.tanh(e.softplus(x));
      const rest = e.sub(e.constant(1), e.mul(gate, gate));
      return e.add(gate, e.mul(x, e.mul(rest, e.sigmoid(x))));
    },
    reference: (x) => x * Math.tanh(x > 20 ? x : Math.log1p(Math.exp(x))),
    call: (x) => `${x} · tanh(softplus(${x}))`,
  }),
  gradientFlow: 'saturates',
  onnx: { op: 'Mish' },
  pytorch: 'torch.nn.functional.mish',
});
