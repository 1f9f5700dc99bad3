// add: elementwise sum.                          Formula  y = a + b
// Shapes  a, b broadcast to y                    Gradient  da = dy, db = dy, each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE
// Source  PyTorch add, ONNX Add-14               Cost  1 flop an element
import { integerAdd } from '../../tensor/integer.ts';
import { defineOperator } from '../define-operator.ts';
import { arithmetic, arithmeticSamples } from '../support/arithmetic.ts';
import { broadcastFactors, sumTo } from '../support/broadcast.ts';
import { explainSum, say } from '../support/explain.ts';

export const add = defineOperator({
  id: 'add',
  family: 'arithmetic',
  title: 'Add',
  summary: 'Adds two tensors element by element.',
  formula: 'y = a + b',
  gradientFormula: 'da = dy, \\quad db = dy',
  gradientNote: 'Each summed over what broadcasting repeated.',
  source: 'PyTorch torch.add; ONNX Add',
  keywords: ['plus', 'sum of two', 'residual', '+'],
  ...arithmetic(
    (e, a, b) => e.add(a, b),
    (a, b) => a + b,
    integerAdd,
  ),
  gradient: ({ emit, inputs, cotangents, needs }) => ({
    a: needs('a') ? sumTo(emit, cotangents.y, inputs.a.shape) : undefined,
    b: needs('b') ? sumTo(emit, cotangents.y, inputs.b.shape) : undefined,
  }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    return explainSum(
      [
        { value: a.value, factors: [a] },
        { value: b.value, factors: [b] },
      ],
      `${say(a.value)} + ${say(b.value)}`,
    );
  },
  onnx: { op: 'Add' },
  pytorch: 'torch.add',
  samples: arithmeticSamples,
});
