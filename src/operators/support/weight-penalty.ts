// Penalties on weights: y = λ·Σ f(x) over all that is wired. What their records share; an operator gives f and its slope, and
// what λ is made of.
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel } from '../../tensor/shape.ts';
import type {
  CostContext,
  ExplainContext,
  ForwardContext,
  GradientContext,
  Inferred,
  ReferenceContext,
} from '../define-operator.ts';
import { explainSum, factorOf, say } from './explain.ts';
import { oneOutput } from './unary.ts';

const inputs = { x: { title: 'Weights', variadic: 1 } } as const;
/** One strength, λ. */
export const strengthAttributes = z.strictObject({
  weight: z.number().min(0).default(1e-4).meta({ title: 'Strength λ' }),
});

type Inputs = typeof inputs;
type Outputs = typeof oneOutput;
type None = Record<never, never>;

interface Penalty<S extends z.ZodObject> {
  readonly attributes: S;
  /** λ */
  strength(attributes: z.output<S>): number;
  /** f(x) */
  each(e: ExpressionBuilder, x: Line, attributes: z.output<S>): Line;
  /** λ·f′(x) */
  slope(e: ExpressionBuilder, x: Line, attributes: z.output<S>): Line;
  value(x: number, attributes: z.output<S>): number;
  /** How f is written: `|x|`. */
  name(attributes: z.output<S>): string;
  /** Attributes of the samples, for one tensor and for three. */
  readonly examples: readonly [one: z.input<S>, three: z.input<S>];
}

/** The record but for its names. */
export function weightPenalty<S extends z.ZodObject>(penalty: Penalty<S>) {
  type Attributes = z.output<S>;
  const { attributes, strength, each, slope, value, name, examples } = penalty;
  return {
    inputs,
    parameters: {},
    outputs: oneOutput,
    attributes,
    traits: {},
    infer: (): Inferred<None, Outputs> => ({ outputs: { y: { dtype: 'float32', shape: [] } } }),
    forward({ emit, inputs: { x }, attributes: a }: ForwardContext<Inputs, None, Outputs, Attributes>) {
      const sums = x.map((tensor) =>
        emit.reduce([tensor], {
          axes: [...tensor.shape.keys()],
          value: (e, v) => each(e, v, a),
          ...(strength(a) === 1
            ? {}
            : { finish: (e: ExpressionBuilder, sum: Line) => e.mul(sum, e.constant(strength(a))) }),
        }),
      );
      const [first, ...rest] = sums as [Ref, ...Ref[]];
      return { outputs: { y: rest.reduce((total, sum) => emit.map([total, sum], (e, a, b) => e.add(a, b)), first) } };
    },
    gradient({ emit, inputs: { x }, attributes: a, ...of }: GradientContext<Inputs, None, Outputs, Attributes>) {
      const toward = (tensor: Ref) => emit.map([tensor, of.cotangents.y], (e, v, dy) => e.mul(dy, slope(e, v, a)));
      return { x: x.map((tensor, i) => (of.needs(`x${i}`) ? toward(tensor) : undefined)) };
    },
    reference({ inputs: { x }, attributes: a }: ReferenceContext<Inputs, None, Outputs, Attributes>) {
      let sum = 0;
      for (const { data } of x) for (const v of data) sum += value(v, a);
      return { y: Float64Array.of(strength(a) * sum) };
    },
    explain({ inputs: { x }, attributes: a }: ExplainContext<Inputs, None, Outputs, Attributes>) {
      const terms = x.flatMap((tensor, i) =>
        Array.from(tensor.data, (v, k) => ({
          value: strength(a) * value(v, a),
          factors: [factorOf(`x${i}`, tensor, k)],
        })),
      );
      return explainSum(terms, `${strength(a) === 1 ? '' : `${say(strength(a))} · `}Σ ${name(a)}`);
    },
    flops: ({ inputs: { x } }: CostContext<Inputs, None, Outputs, Attributes>) =>
      2 * x.reduce((sum, { shape }) => sum + numel(shape), 0),
    onnx: null,
    pytorch: null,
    samples: [
      { attributes: examples[0], inputs: { x0: [3, 4] } },
      { attributes: examples[1], inputs: { x0: [3, 2], x1: [4], x2: [] } },
    ],
  };
}
