// Records of functions of one number, but for their names: smooth ones with a slope, those that whole numbers have too, steps
// whose slope is 0, and questions that are answered with 1 or 0.
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import type {
  ExplainContext,
  ForwardContext,
  GradientContext,
  Inferred,
  ReferenceContext,
  Sample,
  TensorType,
} from '../define-operator.ts';
import { truthOutput } from './comparison.ts';
import { say } from './explain.ts';
import { anyInput, anyOutput, explainUnary, flopsPerElement, inferUnary, oneOutput, unaryInputs } from './unary.ts';

type None = Record<never, never>;
type Real = typeof unaryInputs;
type Any = typeof anyInput;

interface UnaryFunction<S extends z.ZodObject> {
  readonly attributes: S;
  value(e: ExpressionBuilder, x: Line, attributes: z.output<S>): Line;
  /** The same in float64. */
  reference(x: number, attributes: z.output<S>): number;
  /** How it is written with its argument: `exp(0.5)`. */
  call(x: string, attributes: z.output<S>): string;
  /** Attributes of samples beside the usual one. */
  readonly examples?: readonly z.input<S>[];
  /** Where the samples lie, away from poles. */
  readonly range?: { readonly low: number; readonly high: number };
}

export const noAttributes = z.strictObject({});

function samplesOf({
  examples = [],
  range,
}: Pick<UnaryFunction<z.ZodObject>, 'examples' | 'range'>): readonly Sample[] {
  const x = (shape: readonly number[]) => ({ x: range ? { shape, ...range } : shape });
  const usual = [{ inputs: x([2, 3, 4]) }, { inputs: x([]) }];
  return [...usual, ...examples.map((attributes) => ({ attributes, inputs: x([3, 4]) }))];
}

const common = { parameters: {}, flops: flopsPerElement } as const;

/** How ∂loss/∂x follows: from the slope at x, or from dy and y alone, where that is all it takes. */
type Pull<S extends z.ZodObject> =
  | { slope(e: ExpressionBuilder, x: Line, attributes: z.output<S>): Line }
  | { pull(e: ExpressionBuilder, dy: Line, y: Line): Line };

/** y = f(x), dx = dy·f′(x), of float32. */
export function smoothFunction<S extends z.ZodObject>(f: UnaryFunction<S> & Pull<S>) {
  type A = z.output<S>;
  type Outputs = typeof oneOutput;
  return {
    ...common,
    inputs: unaryInputs,
    outputs: oneOutput,
    attributes: f.attributes,
    traits: { elementwise: true },
    infer: inferUnary,
    forward: ({ emit, inputs: { x }, attributes: a }: ForwardContext<Real, None, Outputs, A>) => ({
      outputs: { y: emit.map([x], (e, v) => f.value(e, v, a)) },
    }),
    gradient: ({ emit, inputs, outputs, attributes: a, cotangents }: GradientContext<Real, None, Outputs, A>) => ({
      x:
        'pull' in f
          ? emit.map([cotangents.y, outputs.y], (e, dy, y) => f.pull(e, dy, y))
          : emit.map([cotangents.y, inputs.x], (e, dy, x) => e.mul(dy, f.slope(e, x, a))),
    }),
    reference: ({ inputs: { x }, attributes: a }: ReferenceContext<Real, None, Outputs, A>) => ({
      y: x.data.map((v) => f.reference(v, a)),
    }),
    explain: (context: ExplainContext<Real, None, Outputs, A>) =>
      explainUnary(
        context,
        (x) => f.reference(x, context.attributes),
        (x) => f.call(say(x), context.attributes),
      ),
    samples: samplesOf(f),
  } as const;
}

interface AnyFunction extends Omit<UnaryFunction<typeof noAttributes>, 'attributes'> {
  /** Of int32, where float64 does not wrap as 32 bits do. */
  exactly?(x: number): number;
}

/** y = f(x) of either element type, which y has too; the gradient is left to the record. */
export function anyFunction(f: AnyFunction) {
  const exactly = f.exactly ?? ((x: number) => f.reference(x, {}));
  return {
    ...common,
    inputs: anyInput,
    outputs: anyOutput,
    attributes: noAttributes,
    traits: { elementwise: true },
    infer: inferUnary,
    forward: ({ emit, inputs: { x } }: ForwardContext<Any, None, typeof anyOutput, None>) => ({
      outputs: { y: emit.map([x], (e, v) => f.value(e, v, {}), { dtype: x.dtype }) },
    }),
    reference: ({ inputs: { x }, outputs: { y } }: ReferenceContext<Any, None, typeof anyOutput, None>) => ({
      y: x.data.map((v) => (y.dtype === 'int32' ? exactly(v) : f.reference(v, {}))),
    }),
    explain: (context: ExplainContext<Any, None, typeof anyOutput, None>) =>
      explainUnary(
        context,
        (x) => f.reference(x, {}),
        (x) => f.call(say(x), {}),
      ),
    samples: samplesOf(f),
  } as const;
}

/** A step: its gradient is 0 everywhere, as in PyTorch. */
export function stepFunction(f: AnyFunction) {
  return {
    ...anyFunction(f),
    gradient: ({ emit, inputs: { x } }: GradientContext<Any, None, typeof anyOutput, None>) => ({
      x: emit.fill(x.shape, 0),
    }),
  } as const;
}

/** A question about each number, answered as int32. */
export function questionFunction<S extends z.ZodObject>(
  f: Omit<UnaryFunction<S>, 'reference'> & { reference(x: number, attributes: z.output<S>): boolean },
) {
  type A = z.output<S>;
  type Outputs = typeof truthOutput;
  return {
    ...common,
    inputs: anyInput,
    outputs: truthOutput,
    attributes: f.attributes,
    traits: { elementwise: true },
    infer: ({ inputs: { x } }: { readonly inputs: { readonly x: TensorType } }): Inferred<None, Outputs> => ({
      outputs: { y: { dtype: 'int32', shape: x.shape } },
    }),
    forward: ({ emit, inputs: { x }, attributes: a }: ForwardContext<Any, None, Outputs, A>) => ({
      outputs: { y: emit.map([x], (e, v) => f.value(e, v, a), { dtype: 'int32' }) },
    }),
    gradientFormula: null,
    gradient: null,
    reference: ({ inputs: { x }, attributes: a }: ReferenceContext<Any, None, Outputs, A>) => ({
      y: x.data.map((v) => Number(f.reference(v, a))),
    }),
    explain: (context: ExplainContext<Any, None, Outputs, A>) =>
      explainUnary(
        context,
        (x) => Number(f.reference(x, context.attributes)),
        (x) => f.call(say(x), context.attributes),
      ),
    samples: samplesOf(f),
  } as const;
}
