// minimum: elementwise smaller of two.              Formula  y = min(a, b)
// Shapes  a, b broadcast to y                    Gradient  dy to the smaller; at a tie (the kink a = b) half to each, as PyTorch
// Errors  E_BROADCAST  E_DTYPE                   NaN stays NaN
// Source  PyTorch minimum, ONNX Min-13            Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { pairExtreme } from '../support/extreme.ts';

export const minimum = defineOperator({
  id: 'minimum',
  family: 'arithmetic',
  title: 'Minimum',
  summary: 'Takes the smaller of two tensors, element by element.',
  formula: 'y = \\min(a, b)',
  gradientFormula:
    'da = dy \\odot \\left([a < b] + \\tfrac12 [a = b]\\right), \\quad db = dy \\odot \\left([b < a] + \\tfrac12 [a = b]\\right)',
  gradientNote: 'Kink where a = b: half to each, as in PyTorch; each summed over what broadcasting repeated.',
  source: 'PyTorch torch.minimum; ONNX Min',
  keywords: ['min', 'elementwise min'],
  ...pairExtreme('min'),
  onnx: { op: 'Min' },
  pytorch: 'torch.minimum',
  samples: [{ inputs: { a: [2, 3], b: [2, 3] } }, { inputs: { a: [4, 3], b: [3] } }],
});
