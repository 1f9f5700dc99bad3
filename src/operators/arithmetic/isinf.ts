// isinf: finds infinities.                       Formula  y = 1 where x is ∞ or −∞ (as asked), else 0
// Shapes  x any  y as x, int32                   Gradient  none: y is constant almost everywhere
// Source  PyTorch isinf, ONNX IsInf-20           Cost  1 flop an element; whole numbers are never infinite
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { questionFunction } from '../support/unary-function.ts';

/** Largest float32. */
const largestFinite = 3.4028234663852886e38;

export const isinf = defineOperator({
  id: 'isinf',
  family: 'arithmetic',
  title: 'Is infinite',
  summary: '1 where a number is infinite, 0 elsewhere.',
  formula: 'y = [|x| = \\infty]',
  gradientNote: 'A question has no slope.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.isinf, torch.isposinf, torch.isneginf; ONNX IsInf',
  keywords: ['infinity', 'overflow', 'check', 'isposinf', 'isneginf'],
  ...questionFunction({
    attributes: z.strictObject({
      detect_negative: z.boolean().default(true).meta({ title: 'Find −∞' }),
      detect_positive: z.boolean().default(true).meta({ title: 'Find ∞' }),
    }),
    value: (e, x, { detect_negative: negative, detect_positive: positive }) => {
      const below = negative ? e.lt(x, e.constant(-largestFinite)) : e.constant(0);
      const above = positive ? e.gt(x, e.constant(largestFinite)) : e.constant(0);
      return e.or(below, above);
    },
    reference: (x, { detect_negative: negative, detect_positive: positive }) =>
      (negative && x === Number.NEGATIVE_INFINITY) || (positive && x === Number.POSITIVE_INFINITY),
    call: (x) => `isinf(${x})`,
    examples: [{ detect_negative: false }, { detect_positive: false }],
  }),
  onnx: { op: 'IsInf', attributes: { detect_negative: 'detect_negative', detect_positive: 'detect_positive' } },
  pytorch: 'torch.isinf',
});
