// argmin: where the smallest element stands.          Formula  y = the first i with x[i] smallest
// Shapes  x any of rank ≥ 1  y int32 without dimension `dim`, or with it as 1; without `dim` a position in all of x
// Errors  E_DIM                                  Gradient  none: y is constant almost everywhere
// Source  PyTorch argmin, ONNX ArgMin-13           Cost  1 comparison an element of x; among equals the first
import { defineOperator } from '../define-operator.ts';
import { positionOf } from '../support/arg.ts';

export const argmin = defineOperator({
  id: 'argmin',
  family: 'reduction',
  title: 'Argmin',
  summary: 'The position of the smallest element: the nearest of several, for example.',
  formula: 'y = \\operatorname*{arg\\,min}_i x_i',
  source: 'PyTorch torch.argmin; ONNX ArgMin',
  keywords: ['index of min', 'position', 'nearest'],
  ...positionOf('min'),
  onnx: { op: 'ArgMin', attributes: { dim: 'axis', keepdim: 'keepdims' } },
  pytorch: 'torch.argmin',
});
