// tril: lower triangle of matrices.             Formula  y[i,j] = x[i,j] where j − i ≤ d, else 0
// Shapes  x any of rank ≥ 2  y as x              Gradient  dx = dy where j − i ≤ d, else 0
// Source  PyTorch tril, ONNX Trilu-14            Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { triangle } from '../support/triangle.ts';

export const tril = defineOperator({
  id: 'tril',
  family: 'shape',
  title: 'Lower triangle',
  summary: 'Keeps the lower triangle of every matrix: a mask that does not look ahead.',
  formula: 'y_{ij} = x_{ij}\\, [j - i \\le d]',
  gradientFormula: 'dx_{ij} = dy_{ij}\\, [j - i \\le d]',
  source: 'PyTorch torch.tril; ONNX Trilu',
  keywords: ['triangular', 'trilu', 'causal mask', 'diagonal'],
  ...triangle('lower'),
  onnx: { op: 'Trilu', attributes: { diagonal: 'k' } },
  pytorch: 'torch.tril',
});
