// div: elementwise quotient.                     Formula  y = a / b
// Shapes  a, b broadcast to y                    Gradient  da = dy/b, db = −dy·a/b², each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE                   Division by 0: ±∞ or NaN; int32 is cut towards 0, and 0 then
// Source  PyTorch div, ONNX Div-14               Cost  1 flop an element
import { integerDivide } from '../../tensor/integer.ts';
import { defineOperator } from '../define-operator.ts';
import { arithmetic } from '../support/arithmetic.ts';
import { broadcastFactors, mapSummedTo } from '../support/broadcast.ts';
import { explainFunction, say } from '../support/explain.ts';

export const div = defineOperator({
  id: 'div',
  family: 'arithmetic',
  title: 'Divide',
  summary: 'Divides the first tensor by the second, element by element.',
  formula: 'y = \\frac{a}{b}',
  gradientFormula: 'da = \\frac{dy}{b}, \\quad db = -\\frac{dy\\, a}{b^2}',
  gradientNote: 'Each summed over what broadcasting repeated.',
  source: 'PyTorch torch.div; ONNX Div',
  keywords: ['quotient', 'ratio', '/'],
  ...arithmetic(
    (e, a, b) => e.div(a, b),
    (a, b) => a / b,
    integerDivide,
  ),
  gradient: ({ emit, inputs: { a, b }, cotangents, needs }) => ({
    a: needs('a') ? mapSummedTo(emit, [cotangents.y, b], (e, dy, d) => e.div(dy, d), a.shape) : undefined,
    b: needs('b')
      ? mapSummedTo(emit, [cotangents.y, a, b], (e, dy, n, d) => e.neg(e.mul(dy, e.div(e.div(n, d), d))), b.shape)
      : undefined,
  }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    const result = outputs.y.dtype === 'int32' ? integerDivide(a.value, b.value) : a.value / b.value;
    return explainFunction([a, b], result, `${say(a.value)} / ${say(b.value)}`);
  },
  onnx: { op: 'Div' },
  pytorch: 'torch.div',
  samples: [
    { inputs: { a: [2, 3], b: { shape: [2, 3], low: 0.5, high: 2 } } },
    { inputs: { a: [3], b: { shape: [2, 1, 3], low: -2, high: -0.5 } } },
    { inputs: { a: [3, 1], b: { shape: [1, 4], low: 0.5, high: 2 } } },
    { inputs: { a: [2, 3], b: { shape: [], low: 0.5, high: 2 } } },
  ],
});
