// argmax: where the largest element stands.          Formula  y = the first i with x[i] largest
// Shapes  x any of rank ≥ 1  y int32 without dimension `dim`, or with it as 1; without `dim` a position in all of x
// Errors  E_DIM                                  Gradient  none: y is constant almost everywhere
// Source  PyTorch argmax, ONNX ArgMax-13           Cost  1 comparison an element of x; among equals the first
import { defineOperator } from '../define-operator.ts';
import { positionOf } from '../support/arg.ts';

export const argmax = defineOperator({
  id: 'argmax',
  family: 'reduction',
  title: 'Argmax',
  summary: 'The position of the largest element: the predicted class, for example.',
  formula: 'y = \\operatorname*{arg\\,max}_i x_i',
  source: 'PyTorch torch.argmax; ONNX ArgMax',
  keywords: ['index of max', 'position', 'predicted class'],
  ...positionOf('max'),
  onnx: { op: 'ArgMax', attributes: { dim: 'axis', keepdim: 'keepdims' } },
  pytorch: 'torch.argmax',
});
