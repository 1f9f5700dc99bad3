// celu: exponential linear unit with a smooth joint.  Formula  y = x where x > 0, else α·(e^(x/α) − 1)
// Shapes  x any  y as x                          Gradient  dx = dy where x > 0, else dy·e^(x/α)
// Source  Barron 2017; PyTorch celu, ONNX Celu-12  Cost  1 flop an element
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { smoothFunction } from '../support/unary-function.ts';

export const celu = defineOperator({
  id: 'celu',
  family: 'activation',
  title: 'CELU',
  summary: 'ELU whose slope is continuous for every α.',
  formula: 'y = \\begin{cases} x & x > 0 \\\\ \\alpha (e^{x/\\alpha} - 1) & \\text{else} \\end{cases}',
  gradientFormula: 'dx = dy \\odot e^{\\min(x, 0)/\\alpha}',
  shapes: { x: 'any', y: 'as x' },
  source: 'Barron 2017 (arXiv:1704.07483); PyTorch torch.nn.functional.celu; ONNX Celu',
  keywords: ['exponential linear', 'continuously differentiable'],
  ...smoothFunction({
    attributes: z.strictObject({ alpha: z.number().gt(0).default(1).meta({ title: 'α' }) }),
    value: (e, x, { alpha }) => {
      const below = e.sub(e.exp(e.mul(e.min(x, e.constant(0)), e.constant(1 / alpha))), e.constant(1));
      return e.select(e.gt(x, e.constant(0)), x, e.mul(e.constant(alpha), below));
    },
    slope: (e, x, { alpha }) => e.exp(e.mul(e.min(x, e.constant(0)), e.constant(1 / alpha))),
    reference: (x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x / alpha)),
    call: (x) => `celu(${x})`,
    examples: [{ alpha: 0.5 }],
  }),
  gradientFlow: 'saturates',
  onnx: { op: 'Celu', attributes: { alpha: 'alpha' } },
  pytorch: 'torch.nn.functional.celu',
});
