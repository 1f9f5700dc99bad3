// amin: smallest over dimensions.                Formula  y = min x
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dy to the smallest; ties (the kink) share it evenly, as PyTorch
// Source  PyTorch amin, ONNX ReduceMin-13        Cost  1 flop an element of x; NaN stays NaN
import { defineOperator } from '../define-operator.ts';
import { foldedExtreme } from '../support/extreme.ts';

export const amin = defineOperator({
  id: 'amin',
  family: 'reduction',
  title: 'Minimum over dimensions',
  summary: 'The smallest element, over some dimensions or all.',
  formula: 'y = \\min_i x_i',
  gradientFormula: 'dx_i = dy\\, \\frac{[x_i = y]}{\\sum_j [x_j = y]}',
  gradientNote: 'Kink where several are smallest: they share the gradient evenly, as in PyTorch.',
  source: 'PyTorch torch.amin; ONNX ReduceMin',
  keywords: ['reduce min', 'min', 'smallest'],
  ...foldedExtreme('min'),
  onnx: { op: 'ReduceMin', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.amin',
});
