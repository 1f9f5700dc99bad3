// hard_swish: swish of straight lines.           Formula  y = x·min(1, max(0, x/6 + ½))
// Shapes  x any  y as x                          Gradient  dy·(x/3 + ½) between −3 and 3, 0 below, dy above; at the kinks 0 and dy
// Source  Howard et al. 2019 (MobileNetV3); PyTorch hardswish, ONNX HardSwish-14
// Cost    1 flop an element
import { defineOperator } from '../define-operator.ts';
import { noAttributes, smoothFunction } from '../support/unary-function.ts';

export const hardSwish = defineOperator({
  id: 'hard_swish',
  family: 'activation',
  title: 'Hard swish',
  summary: 'SiLU made of straight lines: the input gated by its hard sigmoid.',
  formula: 'y = x \\odot \\min(1, \\max(0, \\tfrac{x}{6} + \\tfrac12))',
  gradientFormula:
    'dx = dy \\odot \\begin{cases} 0 & x \\le -3 \\\\ \\tfrac{x}{3} + \\tfrac12 & |x| < 3 \\\\ 1 & x \\ge 3 \\end{cases}',
  gradientNote: 'Kinks at ±3: 0 at −3 and 1 at 3 are chosen.',
  shapes: { x: 'any', y: 'as x' },
  source: 'Howard et al. 2019 (MobileNetV3); PyTorch torch.nn.functional.hardswish; ONNX HardSwish',
  keywords: ['hardswish', 'h-swish', 'mobilenet'],
  ...smoothFunction({
    attributes: noAttributes,
    value: (e, x) =>
      e.mul(x, e.min(e.max(e.add(e.mul(x, e.constant(1 / 6)), e.constant(0.5)), e.constant(0)), e.constant(1))),
    slope: (e, x) => {
      const inside = e.add(e.mul(x, e.constant(1 / 3)), e.constant(0.5));
      const above = e.select(e.ge(x, e.constant(3)), e.constant(1), inside);
      return e.select(e.le(x, e.constant(-3)), e.constant(0), above);
    },
    reference: (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
    call: (x) => `${x} · hard_sigmoid(${x})`,
  }),
  gradientFlow: 'saturates',
  onnx: { op: 'HardSwish' },
  pytorch: 'torch.nn.functional.hardswish',
});
