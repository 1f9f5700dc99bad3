// Arithmetic of two tensors that broadcast, element by element: what the records share beside gradient and explanation.
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import type { DType } from '../../tensor/dtype.ts';
import type { ForwardContext, ReferenceContext, Sample } from '../define-operator.ts';
import { binaryInputs, broadcastReference, inferArithmetic } from './broadcast.ts';
import { anyOutput, flopsPerElement } from './unary.ts';

type None = Record<never, never>;
type Inputs = typeof binaryInputs;
type Outputs = typeof anyOutput;

/** y = a ∘ b, of the element type of both; in float64 by `reference`, of int32 `exactly`, where that differs. */
export function arithmetic(
  value: (e: ExpressionBuilder, a: Line, b: Line, dtype: DType) => Line,
  reference: (a: number, b: number) => number,
  exactly: (a: number, b: number) => number = reference,
) {
  return {
    shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
    inputs: binaryInputs,
    parameters: {},
    outputs: anyOutput,
    attributes: z.strictObject({}),
    traits: {},
    infer: inferArithmetic,
    forward: ({ emit, inputs: { a, b }, outputs: { y } }: ForwardContext<Inputs, None, Outputs, unknown>) => ({
      outputs: { y: emit.map([a, b], (e, left, right) => value(e, left, right, y.dtype), { dtype: y.dtype }) },
    }),
    reference: ({ inputs, outputs: { y } }: ReferenceContext<Inputs, None, Outputs, unknown>) => ({
      y: broadcastReference(inputs, y.shape, y.dtype === 'int32' ? exactly : reference),
    }),
    flops: flopsPerElement,
  } as const;
}

/** Equal shapes, and every way to broadcast. */
export const arithmeticSamples: readonly Sample[] = [
  { inputs: { a: [2, 3], b: [2, 3] } },
  { inputs: { a: [3], b: [2, 1, 3] } },
  { inputs: { a: [3, 1], b: [1, 4] } },
  { inputs: { a: [2, 3], b: [] } },
];
