// triu: upper triangle of matrices.             Formula  y[i,j] = x[i,j] where j − i ≥ d, else 0
// Shapes  x any of rank ≥ 2  y as x              Gradient  dx = dy where j − i ≥ d, else 0
// Source  PyTorch triu, ONNX Trilu-14            Cost  1 flop an element
import { defineOperator } from '../define-operator.ts';
import { triangle } from '../support/triangle.ts';

export const triu = defineOperator({
  id: 'triu',
  family: 'shape',
  title: 'Upper triangle',
  summary: 'Keeps the upper triangle of every matrix.',
  formula: 'y_{ij} = x_{ij}\\, [j - i \\ge d]',
  gradientFormula: 'dx_{ij} = dy_{ij}\\, [j - i \\ge d]',
  source: 'PyTorch torch.triu; ONNX Trilu',
  keywords: ['triangular', 'trilu', 'causal mask', 'diagonal'],
  ...triangle('upper'),
  onnx: { op: 'Trilu', attributes: { diagonal: 'k' } },
  pytorch: 'torch.triu',
});
