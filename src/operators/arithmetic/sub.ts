// sub: elementwise difference.                   Formula  y = a − b
// Shapes  a, b broadcast to y                    Gradient  da = dy, db = −dy, each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE
// Source  PyTorch sub, ONNX Sub-14               Cost  1 flop an element
import { integerSubtract } from '../../tensor/integer.ts';
import { defineOperator } from '../define-operator.ts';
import { arithmetic, arithmeticSamples } from '../support/arithmetic.ts';
import { broadcastFactors, mapSummedTo, sumTo } from '../support/broadcast.ts';
import { explainSum, say } from '../support/explain.ts';

export const sub = defineOperator({
  id: 'sub',
  family: 'arithmetic',
  title: 'Subtract',
  summary: 'Subtracts the second tensor from the first, element by element.',
  formula: 'y = a - b',
  gradientFormula: 'da = dy, \\quad db = -dy',
  gradientNote: 'Each summed over what broadcasting repeated.',
  source: 'PyTorch torch.sub; ONNX Sub',
  keywords: ['minus', 'subtract', 'difference', '-'],
  ...arithmetic(
    (e, a, b) => e.sub(a, b),
    (a, b) => a - b,
    integerSubtract,
  ),
  gradient: ({ emit, inputs, cotangents, needs }) => ({
    a: needs('a') ? sumTo(emit, cotangents.y, inputs.a.shape) : undefined,
    b: needs('b') ? mapSummedTo(emit, [cotangents.y], (e, dy) => e.neg(dy), inputs.b.shape) : undefined,
  }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    const terms = [
      { value: a.value, factors: [a] },
      { value: -b.value, factors: [b], label: '−b' },
    ];
    return explainSum(terms, `${say(a.value)} - ${say(b.value)}`);
  },
  onnx: { op: 'Sub' },
  pytorch: 'torch.sub',
  samples: arithmeticSamples,
});
