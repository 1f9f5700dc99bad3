// Two tensors, element by element, and what holds of them: 1 where it does, else 0, as int32. Nothing here has a slope. What the
// records of comparisons and of logic share.
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import type {
  ExplainContext,
  ForwardContext,
  InferContext,
  Inferred,
  ReferenceContext,
  Sample,
} from '../define-operator.ts';
import { broadcastFactors, broadcastReference, inferBroadcast } from './broadcast.ts';
import { explainFunction, say } from './explain.ts';
import { flopsPerElement } from './unary.ts';

const inputs = { a: { title: 'A', dtype: 'any' }, b: { title: 'B', dtype: 'any' } } as const;
export const truthOutput = { y: { title: 'Output', dtype: 'int32' } } as const;

type None = Record<never, never>;
type Inputs = typeof inputs;
type Outputs = typeof truthOutput;

const samples: readonly Sample[] = [
  { inputs: { a: [2, 3], b: [2, 3] } },
  { inputs: { a: [4, 1], b: [3] } },
  { inputs: { a: { shape: [3, 4], below: 2 }, b: { shape: [4], below: 2 } } },
];

interface Relation {
  value(e: ExpressionBuilder, a: Line, b: Line): Line;
  holds(a: number, b: number): boolean;
  /** How it is written between two numbers: `>`. */
  readonly sign: string;
}

/** The record but for its names. */
export function relation({ value, holds, sign }: Relation) {
  return {
    inputs,
    parameters: {},
    outputs: truthOutput,
    attributes: z.strictObject({}),
    traits: {},
    shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
    infer(context: InferContext<Inputs, None, None>): Inferred<None, Outputs> | null {
      const type = inferBroadcast(context);
      return type && { outputs: { y: { dtype: 'int32', shape: type.outputs.y.shape } } };
    },
    forward: ({ emit, inputs: { a, b } }: ForwardContext<Inputs, None, Outputs, None>) => ({
      outputs: { y: emit.map([a, b], value, { dtype: 'int32' }) },
    }),
    gradientFormula: null,
    gradientNote: 'Y is constant almost everywhere: there is no gradient.',
    gradient: null,
    reference: ({ inputs: pair, outputs: { y } }: ReferenceContext<Inputs, None, Outputs, None>) => ({
      y: broadcastReference(pair, y.shape, (a, b) => Number(holds(a, b))),
    }),
    explain({ inputs: pair, outputs: { y }, index }: ExplainContext<Inputs, None, Outputs, None>) {
      const factors = broadcastFactors(pair, y.shape, index);
      const [a, b] = factors;
      return explainFunction(factors, Number(holds(a.value, b.value)), `${say(a.value)} ${sign} ${say(b.value)}`);
    },
    flops: flopsPerElement,
    samples,
  } as const;
}
