// fmod: what is left of a division.        Formula  y = a − b·trunc(a/b)
// Shapes  a, b broadcast to y                    Gradient  da = dy, db = −dy·trunc(a/b), each summed over what broadcasting repeated
// Errors  E_BROADCAST  E_DTYPE                   A divisor of 0 gives NaN; of whole numbers it leaves a
// Source  PyTorch fmod, ONNX Mod-13 (fmod 1)    Cost  1 flop an element; quotients are exact below 2²⁴
import { defineOperator } from '../define-operator.ts';
import { remainderRules } from '../support/remainder.ts';

export const fmod = defineOperator({
  id: 'fmod',
  family: 'arithmetic',
  title: 'Remainder of the dividend',
  summary: 'What is left of a division, with the sign of what is divided.',
  formula: 'y = a - b \\operatorname{trunc}(a / b)',
  gradientFormula: 'da = dy, \\quad db = -dy \\odot \\operatorname{trunc}(a / b)',
  gradientNote: 'Each summed over what broadcasting repeated; at the jumps that of the side without them.',
  source: 'PyTorch torch.fmod; ONNX Mod with fmod',
  keywords: ['modulo', 'modulus', 'rest', '%'],
  ...remainderRules('dividend', 'fmod'),
  onnx: { op: 'Mod' },
  pytorch: 'torch.fmod',
});
