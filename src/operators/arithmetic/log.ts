// log: natural logarithm.                        Formula  y = ln x
// Shapes  x any  y as x                          Gradient  dx = dy/x
// Source  PyTorch log, ONNX Log-13               Cost  1 flop an element; −∞ at 0, NaN below
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const log = defineOperator({
  id: 'log',
  family: 'arithmetic',
  title: 'Log',
  summary: 'The natural logarithm of every element.',
  formula: 'y = \\ln x',
  gradientFormula: 'dx = \\frac{dy}{x}',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.log; ONNX Log',
  keywords: ['logarithm', 'ln', 'natural'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) => e.log(x),
    slope: (e, x) => e.reciprocal(x),
    reference: Math.log,
    call: (x) => `ln(${x})`,
    range: { low: 0.2, high: 3 },
  }),
  onnx: { op: 'Log' },
  pytorch: 'torch.log',
});
