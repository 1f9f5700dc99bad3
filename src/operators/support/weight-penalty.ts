// Penalties on weights: y = λ·Σ f(x) over all that is wired. What their records share; an operator gives f and its slope.
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
const attributes = z.strictObject({ weight: z.number().min(0).default(1e-4).meta({ title: 'Strength λ' }) });

type Inputs = typeof inputs;
type Outputs = typeof oneOutput;
type None = Record<never, never>;
type Attributes = z.output<typeof attributes>;

interface Penalty {
  each(e: ExpressionBuilder, x: Line): Line;
  /** λ·f′(x) */
  slope(e: ExpressionBuilder, x: Line, weight: number): Line;
  value(x: number): number;
  /** How f is written: `|x|`. */
  readonly name: string;
}

/** The record but for its names. */
export function weightPenalty({ each, slope, value, name }: Penalty) {
  return {
    inputs,
    parameters: {},
    outputs: oneOutput,
    attributes,
    traits: {},
    infer: (): Inferred<None, Outputs> => ({ outputs: { y: { dtype: 'float32', shape: [] } } }),
    forward({ emit, inputs: { x }, attributes: { weight } }: ForwardContext<Inputs, None, Outputs, Attributes>) {
      const sums = x.map((tensor) =>
        emit.reduce([tensor], {
          axes: [...tensor.shape.keys()],
          value: each,
          finish: (e, sum) => e.mul(sum, e.constant(weight)),
        }),
      );
      const [first, ...rest] = sums as [Ref, ...Ref[]];
      return { outputs: { y: rest.reduce((total, sum) => emit.map([total, sum], (e, a, b) => e.add(a, b)), first) } };
    },
    gradient({
      emit,
      inputs: { x },
      attributes: { weight },
      ...of
    }: GradientContext<Inputs, None, Outputs, Attributes>) {
      const toward = (tensor: Ref) => emit.map([tensor, of.cotangents.y], (e, v, dy) => e.mul(dy, slope(e, v, weight)));
      return { x: x.map((tensor, i) => (of.needs(`x${i}`) ? toward(tensor) : undefined)) };
    },
    reference({ inputs: { x }, attributes: { weight } }: ReferenceContext<Inputs, None, Outputs, Attributes>) {
      let sum = 0;
      for (const { data } of x) for (const v of data) sum += value(v);
      return { y: Float64Array.of(weight * sum) };
    },
    explain({ inputs: { x }, attributes: { weight } }: ExplainContext<Inputs, None, Outputs, Attributes>) {
      const terms = x.flatMap((tensor, i) =>
        Array.from(tensor.data, (v, k) => ({ value: weight * value(v), factors: [factorOf(`x${i}`, tensor, k)] })),
      );
      return explainSum(terms, `${say(weight)} · Σ ${name}`);
    },
    flops: ({ inputs: { x } }: CostContext<Inputs, None, Outputs, Attributes>) =>
      2 * x.reduce((sum, { shape }) => sum + numel(shape), 0),
    onnx: null,
    pytorch: null,
    samples: [
      { attributes: { weight: 0.1 }, inputs: { x0: [3, 4] } },
      { attributes: { weight: 0.5 }, inputs: { x0: [3, 2], x1: [4], x2: [] } },
    ],
  };
}
