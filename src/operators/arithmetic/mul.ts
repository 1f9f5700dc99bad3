// mul: elementwise product.                      Formula  y = a·b
// Shapes  a, b broadcast to y                    Gradient  da = dy·b, db = dy·a, each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE
// Source  PyTorch mul, ONNX Mul-14               Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { arithmetic, arithmeticSamples } from '../support/arithmetic.ts';
import { broadcastFactors, mapSummedTo } from '../support/broadcast.ts';
import { say } from '../support/explain.ts';

export const mul = defineOperator({
  id: 'mul',
  family: 'arithmetic',
  title: 'Multiply',
  summary: 'Multiplies two tensors element by element.',
  formula: 'y = a \\odot b',
  gradientFormula: 'da = dy \\odot b, \\quad db = dy \\odot a',
  gradientNote: 'Each summed over what broadcasting repeated.',
  source: 'PyTorch torch.mul; ONNX Mul',
  keywords: ['times', 'product', 'hadamard', 'scale', 'gate', '*'],
  ...arithmetic(
    (e, a, b) => e.mul(a, b),
    (a, b) => a * b,
    Math.imul,
  ),
  gradient: ({ emit, inputs, cotangents, needs }) => ({
    a: needs('a') ? mapSummedTo(emit, [cotangents.y, inputs.b], (e, dy, b) => e.mul(dy, b), inputs.a.shape) : undefined,
    b: needs('b') ? mapSummedTo(emit, [cotangents.y, inputs.a], (e, dy, a) => e.mul(dy, a), inputs.b.shape) : undefined,
  }),
  explain({ inputs, outputs, index }) {
    const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
    const result = a.value * b.value;
    const terms = [
      { value: a.value, factors: [a] },
      { value: b.value, factors: [b] },
    ];
    return { by: 'product', terms, result, text: `${say(a.value)} · ${say(b.value)} = ${say(result)}` };
  },
  onnx: { op: 'Mul' },
  pytorch: 'torch.mul',
  samples: arithmeticSamples,
});
