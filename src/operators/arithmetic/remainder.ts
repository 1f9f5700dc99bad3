// remainder: what is left of a division.   Formula  y = a − b·⌊a/b⌋
// Shapes  a, b broadcast to y                    Gradient  da = dy, db = −dy·⌊a/b⌋, each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE                   A divisor of 0 gives NaN; of whole numbers it leaves a
// Source  PyTorch remainder, ONNX Mod-13    Cost  1 flop an element; quotients are exact below 2²⁴
import { defineOperator } from '../define-operator.ts';
import { remainderRules } from '../support/remainder.ts';

export const remainder = defineOperator({
  id: 'remainder',
  family: 'arithmetic',
  title: 'Remainder',
  summary: 'What is left of a division, with the sign of the divisor: numbers that go round.',
  formula: 'y = a - b \\lfloor a / b \\rfloor',
  gradientFormula: 'da = dy, \\quad db = -dy \\odot \\lfloor a / b \\rfloor',
  gradientNote: 'Each summed over what broadcasting repeated; at the jumps that of the side without them.',
  source: 'PyTorch torch.remainder; ONNX Mod',
  keywords: ['modulo', 'modulus', 'mod', 'rest', '%', 'wrap around'],
  ...remainderRules('divisor', 'mod'),
  onnx: { op: 'Mod' },
  pytorch: 'torch.remainder',
});
