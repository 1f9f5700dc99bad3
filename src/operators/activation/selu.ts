// selu: self-normalising ELU.                    Formula  y = λ·x where x > 0, else λ·α·(eˣ − 1); λ ≈ 1.0507, α ≈ 1.6733
// Shapes  x any  y as x                          Gradient  λ·dy where x > 0, else λ·α·eˣ·dy; the lower branch at the kink x = 0
// Source  Klambauer et al. 2017; PyTorch selu, ONNX Selu-6
// Cost    1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

const alpha = 1.6732632423543772;
const lambda = 1.0507009873554805;

export const selu = defineOperator({
  id: 'selu',
  family: 'activation',
  title: 'SELU',
  summary: 'ELU scaled so that activations keep mean 0 and variance 1 through depth.',
  formula: 'y = \\lambda \\begin{cases} x & x > 0 \\\\ \\alpha (e^x - 1) & x \\le 0 \\end{cases}',
  gradientFormula: 'dx = \\lambda\\, dy \\odot \\begin{cases} 1 & x > 0 \\\\ \\alpha e^x & x \\le 0 \\end{cases}',
  gradientNote: 'Kink at x = 0: the lower branch is chosen, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.nn.functional.selu; ONNX Selu',
  keywords: ['self-normalizing', 'scaled elu'],
  gradientFlow: 'saturates',
  ...smoothFunction({
    attributes: noAttributes,
    value(e, x) {
      const below = e.mul(e.constant(alpha), e.sub(e.exp(e.min(x, e.constant(0))), e.constant(1)));
      return e.mul(e.constant(lambda), e.select(e.gt(x, e.constant(0)), x, below));
    },
    slope(e, x) {
      const below = e.mul(e.constant(alpha), e.exp(e.min(x, e.constant(0))));
      return e.mul(e.constant(lambda), e.select(e.gt(x, e.constant(0)), e.constant(1), below));
    },
    reference: (x) => lambda * (x > 0 ? x : alpha * Math.expm1(x)),
    call: (x) => `selu(${x})`,
  }),
  onnx: { op: 'Selu' },
  pytorch: 'torch.nn.functional.selu',
});
