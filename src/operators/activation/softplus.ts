// softplus: smooth rectifier.                    Formula  y = ln(1 + eˣ), taken as x above 20
// Shapes  x any  y as x                          Gradient  dx = dy·sigmoid(x)
// Source  PyTorch softplus, ONNX Softplus-1      Cost  1 flop an element; never overflows
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const softplus = defineOperator({
  id: 'softplus',
  family: 'activation',
  title: 'Softplus',
  summary: 'A smooth ReLU.',
  formula: 'y = \\ln(1 + e^x)',
  gradientFormula: 'dx = dy \\odot \\sigma(x)',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.softplus; ONNX Softplus',
  keywords: ['smooth relu'],
  gradientFlow: 'saturates',
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.softplus(x),
    slope: (e, x) => e.sigmoid(x),
    reference: (x) => (x > 20 ? x : Math.log1p(Math.exp(x))),
    call: (x) => `ln(1 + exp(${x}))`,
  }),
  onnx: { op: 'Softplus' },
  pytorch: 'torch.nn.functional.softplus',
});
