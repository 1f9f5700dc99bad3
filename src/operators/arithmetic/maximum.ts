// maximum: elementwise larger of two.              Formula  y = max(a, b)
// Shapes  a, b broadcast to y                    Gradient  dy to the larger; at a tie (the kink a = b) half to each, as PyTorch
// Errors  E_BROADCAST  E_DTYPE                   NaN stays NaN
// Source  PyTorch maximum, ONNX Max-13            Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { pairExtreme } from '../support/extreme.ts';

export const maximum = defineOperator({
  id: 'maximum',
  family: 'arithmetic',
  title: 'Maximum',
  summary: 'Takes the larger of two tensors, element by element.',
  formula: 'y = \\max(a, b)',
  gradientFormula:
    'da = dy \\odot \\left([a > b] + \\tfrac12 [a = b]\\right), \\quad db = dy \\odot \\left([b > a] + \\tfrac12 [a = b]\\right)',
  gradientNote: 'Kink where a = b: half to each, as in PyTorch; each summed over what broadcasting repeated.',
  source: 'PyTorch torch.maximum; ONNX Max',
  keywords: ['max', 'elementwise max'],
  ...pairExtreme('max'),
  onnx: { op: 'Max' },
  pytorch: 'torch.maximum',
  samples: [{ inputs: { a: [2, 3], b: [2, 3] } }, { inputs: { a: [4, 3], b: [3] } }],
});
