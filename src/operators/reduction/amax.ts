// amax: largest over dimensions.                Formula  y = max x
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dy to the largest; ties (the kink) share it evenly, as PyTorch
// Source  PyTorch amax, ONNX ReduceMax-13        Cost  1 flop an element of x; NaN stays NaN
import { defineOperator } from '../define-operator.ts';
import { foldedExtreme } from '../support/extreme.ts';

export const amax = defineOperator({
  id: 'amax',
  family: 'reduction',
  title: 'Maximum over dimensions',
  summary: 'The largest element, over some dimensions or all.',
  formula: 'y = \\max_i x_i',
  gradientFormula: 'dx_i = dy\\, \\frac{[x_i = y]}{\\sum_j [x_j = y]}',
  gradientNote: 'Kink where several are largest: they share the gradient evenly, as in PyTorch.',
  source: 'PyTorch torch.amax; ONNX ReduceMax',
  keywords: ['reduce max', 'max', 'largest'],
  ...foldedExtreme('max'),
  onnx: { op: 'ReduceMax', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.amax',
});
