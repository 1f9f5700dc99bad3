// clamp: keeps numbers within bounds.            Formula  y = min(max(x, least), most)
// Shapes  x any  y as x                          Gradient  dy where least ≤ x ≤ most (also at the kinks, as PyTorch), else 0
// NaN stays NaN; where least > most every element becomes most (as PyTorch and ONNX)
// Source  PyTorch clamp, ONNX Clip-13            Cost  2 flops an element
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { knownNumber } from '../support/known.ts';
import { anyInput, anyOutput, explainUnary, inferUnary } from '../support/unary.ts';

const attributes = z.strictObject({
  min: z.number().optional().meta({ title: 'Least', description: 'No lower bound when left out' }),
  max: z.number().optional().meta({ title: 'Most', description: 'No upper bound when left out' }),
});
type Attributes = z.output<typeof attributes>;

function clamped({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Attributes, x: number): number {
  return Math.min(Math.max(x, min), max);
}

/** Of whole numbers the whole numbers within. */
function boundsOf({ min, max }: Attributes, dtype: string): Attributes {
  if (dtype !== 'int32') return { min, max };
  return { min: min && Math.ceil(min), max: max && Math.floor(max) };
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
  inputs: { ...anyInput, min: knownNumber('Least'), max: knownNumber('Most') },
  parameters: {},
  outputs: anyOutput,
  attributes,
  traits: { elementwise: true },
  gradientFlow: 'saturates',
  infer: inferUnary,
  forward: ({ emit, inputs: { x }, attributes: a }) => ({
    outputs: { y: emit.map([x], (e, v) => emitClamped(e, boundsOf(a, x.dtype), v), { dtype: x.dtype }) },
  }),
  gradient: ({ emit, inputs, attributes: { min, max }, cotangents }) => ({
    x: emit.map([cotangents.y, inputs.x], (e, dy, x) => {
      const above = min === undefined ? e.constant(1) : e.ge(x, e.constant(min));
      const below = max === undefined ? e.constant(1) : e.le(x, e.constant(max));
      return e.select(e.and(above, below), dy, e.constant(0));
    }),
  }),
  reference: ({ inputs, attributes: a, outputs: { y } }) => ({
    y: inputs.x.data.map((x) => clamped(boundsOf(a, y.dtype), x)),
  }),
  explain: (context) =>
    explainUnary(
      context,
      (x) => clamped(boundsOf(context.attributes, context.outputs.y.dtype), x),
      (x) => `min(max(${say(x)}, ${context.attributes.min ?? '−∞'}), ${context.attributes.max ?? '∞'})`,
    ),
  flops: ({ outputs }) => 2 * numel(outputs.y.shape),
  onnx: { op: 'Clip', attributes: { min: 'min', max: 'max' } },
  pytorch: 'torch.clamp',
  samples: [
    { attributes: { min: -0.5, max: 0.6 }, inputs: { x: [2, 3, 4] } },
    { attributes: { max: 0.2 }, inputs: { x: [5] } },
    { attributes: { min: 0.5, max: 0.2 }, inputs: { x: [4] } },
    { inputs: { x: [3] } },
  ],
});
