// clamp: keeps numbers within bounds.            Formula  y = min(max(x, least), most)
// Shapes  x any  y as x                          Gradient  dy where least ≤ x ≤ most (also at the kinks, as PyTorch), else 0
// Errors  E_RANGE                                NaN stays NaN
// Source  PyTorch clamp, ONNX Clip-13            Cost  2 flops an element
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { explainUnary, inferUnary, oneOutput, unaryInputs } from '../support/unary.ts';

const attributes = z.strictObject({
  min: z.number().optional().meta({ title: 'Least', description: 'No lower bound when left out' }),
  max: z.number().optional().meta({ title: 'Most', description: 'No upper bound when left out' }),
});
type Attributes = z.output<typeof attributes>;

function clamped({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Attributes, x: number): number {
  return Math.min(Math.max(x, min), max);
}

function emitClamped(e: ExpressionBuilder, { min, max }: Attributes, x: Line): Line {
  const raised = min === undefined ? x : e.max(x, e.constant(min));
  return max === undefined ? raised : e.min(raised, e.constant(max));
}

export const clamp = defineOperator({
  id: 'clamp',
  family: 'arithmetic',
  title: 'Clamp',
  summary: 'Cuts off what lies below or above two bounds.',
  formula: 'y = \\min(\\max(x, a), b)',
  gradientFormula: 'dx = dy \\odot [a \\le x \\le b]',
  gradientNote: 'Kinks at the bounds: the gradient passes there, as in PyTorch.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.clamp; ONNX Clip',
  keywords: ['clip', 'limit', 'bounds', 'relu6', 'hardtanh'],
  inputs: unaryInputs,
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: { elementwise: true },
  infer(context) {
    const { min, max } = context.attributes;
    if (min === undefined || max === undefined || min <= max) return inferUnary(context);
    const fixes = [{ kind: 'set_attribute' as const, title: `Set max to ${min}`, attribute: 'max', value: min }];
    return context.fail('E_RANGE', { attribute: 'max' }, `most ${max} is below least ${min}`, { fixes });
  },
  forward: ({ emit, inputs, attributes: a }) => ({
    outputs: { y: emit.map([inputs.x], (e, x) => emitClamped(e, a, x)) },
  }),
  gradient: ({ emit, inputs, attributes: a, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => e.select(e.eq(emitClamped(e, a, x), x), dy, e.constant(0))),
  }),
  reference: ({ inputs, attributes: a }) => ({ y: inputs.x.data.map((x) => clamped(a, x)) }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => clamped(context.attributes, x),
      (x) => `min(max(${say(x)}, ${context.attributes.min ?? '−∞'}), ${context.attributes.max ?? '∞'})`,
    ),
  flops: ({ outputs }) => 2 * numel(outputs.y.shape),
  onnx: { op: 'Clip', attributes: { min: 'min', max: 'max' } },
  pytorch: 'torch.clamp',
  samples: [
    { attributes: { min: -0.5, max: 0.6 }, inputs: { x: [2, 3, 4] } },
    { attributes: { max: 0.2 }, inputs: { x: [5] } },
    { inputs: { x: [3] } },
  ],
});
