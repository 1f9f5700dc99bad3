// l1_norm: sum of magnitudes.  Formula  y = Σ |x|
// Shapes  x any  y without the dimensions of `dim` (all when empty), or with them as 1
// Errors  E_DIM                                  Gradient  dx = sign(x)·dy; 0 at the kink x = 0 (as PyTorch)
// Source  PyTorch linalg.vector_norm (ord 1), ONNX ReduceL1-13  Cost  2 flops an element of x
import { defineOperator } from '../define-operator.ts';
import { sumOf } from '../support/sum-of.ts';

export const l1Norm = defineOperator({
  id: 'l1_norm',
  family: 'reduction',
  title: 'L1 norm',
  summary: 'Adds magnitudes up, over some dimensions or all.',
  formula: 'y = \\sum_i |x_i|',
  gradientFormula: 'dx_i = \\operatorname{sign}(x_i)\\, dy',
  gradientNote: 'Kink at x = 0: the gradient is 0 there, as in PyTorch.',
  source: 'PyTorch torch.linalg.vector_norm with ord 1; ONNX ReduceL1',
  keywords: ['reduce l1', 'manhattan', 'absolute'],
  ...sumOf({
    text: '|x|',
    value: (e, x) => e.abs(x),
    slope: (e, x) => e.sign(x),
    reference: Math.abs,
  }),
  onnx: { op: 'ReduceL1', attributes: { dim: 'axes', keepdim: 'keepdims' } },
  pytorch: 'torch.linalg.vector_norm',
});
