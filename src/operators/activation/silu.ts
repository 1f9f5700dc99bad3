// silu: sigmoid linear unit, swish.              Formula  y = x·sigmoid(x)
// Shapes  x any  y as x                          Gradient  dx = dy·(s + y·(1 − s)), s = sigmoid(x)
// Source  Ramachandran et al. 2017; PyTorch silu Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const silu = defineOperator({
  id: 'silu',
  family: 'activation',
  title: 'SiLU',
  summary: 'The input gated by its own sigmoid; also called swish.',
  formula: 'y = \\frac{x}{1 + e^{-x}}',
  gradientFormula: 'dx = dy \\odot \\left(\\sigma(x) + y \\odot (1 - \\sigma(x))\\right)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.silu',
  keywords: ['swish'],
  gradientFlow: 'saturates',
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.mul(x, e.sigmoid(x)),
    slope: (e, x) => {
      const s = e.sigmoid(x);
      return e.add(s, e.mul(e.mul(x, s), e.sub(e.constant(1), s)));
    },
    reference: (x) => x / (1 + Math.exp(-x)),
    call: (x) => `${x} · sigmoid(${x})`,
  }),
  onnx: null,
  pytorch: 'torch.nn.functional.silu',
});
