// Sums over dimensions of a function of each element, y = Σ f(x): all of the record of l1_norm and sum_square but their names.
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { integerAdd } from '../../tensor/integer.ts';
import { numel } from '../../tensor/shape.ts';
import type {
  CostContext,
  ExplainContext,
  ForwardContext,
  GradientContext,
  ReferenceContext,
} from '../define-operator.ts';
import { axesOf } from './axes.ts';
import { explainSum, factorOf, say } from './explain.ts';
import {
  elementsOf,
  inferReduction,
  type ReductionAttributes,
  reduceReference,
  reductionAttributes,
  reductionInputs,
  reductionSamples,
  reductionShapes,
  unfolded,
} from './reduction.ts';
import { anyOutput } from './unary.ts';

type None = Record<never, never>;
type Inputs = typeof reductionInputs;
type Outputs = typeof anyOutput;
type Attributes = ReductionAttributes;

interface Addend {
  /** `|x|` */
  readonly text: string;
  value(e: ExpressionBuilder, x: Line): Line;
  /** ∂value/∂x */
  slope(e: ExpressionBuilder, x: Line): Line;
  reference(x: number): number;
  /** Of int32, where float64 does not wrap as 32 bits do. */
  exactly?(x: number): number;
}

/** The record but for its names. */
export function sumOf(f: Addend) {
  const exactly = f.exactly ?? f.reference;
  return {
    shapes: reductionShapes,
    inputs: reductionInputs,
    parameters: {},
    outputs: anyOutput,
    attributes: reductionAttributes,
    traits: {},
    infer: inferReduction,
    forward({ emit, inputs: { x }, attributes: a, outputs: { y } }: ForwardContext<Inputs, None, Outputs, Attributes>) {
      const options = { axes: axesOf(a.dim, x.shape.length), keepdim: a.keepdim, dtype: y.dtype };
      return { outputs: { y: emit.reduce([x], { ...options, value: (e, v) => f.value(e, v) }) } };
    },
    gradient({ emit, inputs: { x }, attributes, cotangents }: GradientContext<Inputs, None, Outputs, Attributes>) {
      const dy = unfolded(emit, cotangents.y, x.shape, attributes);
      return { x: emit.map([dy, x], (e, d, v) => e.mul(d, f.slope(e, v))) };
    },
    reference: ({ inputs, attributes, outputs: { y } }: ReferenceContext<Inputs, None, Outputs, Attributes>) => ({
      y: reduceReference(inputs.x, attributes, y.shape, (group) =>
        y.dtype === 'int32'
          ? group.reduce((sum, x) => integerAdd(sum, exactly(x)), 0)
          : group.reduce((sum, x) => sum + f.reference(x), 0),
      ),
    }),
    explain({ inputs, attributes, index }: ExplainContext<Inputs, None, Outputs, Attributes>) {
      const terms = elementsOf(inputs.x.shape, attributes, index).map((k) => {
        const factor = factorOf('x', inputs.x, k);
        return { value: f.reference(factor.value), factors: [factor] };
      });
      return explainSum(terms, `Σ ${f.text} over ${say(terms.length)} elements`);
    },
    flops: ({ inputs }: CostContext<Inputs, None, Outputs, Attributes>) => 2 * numel(inputs.x.shape),
    samples: reductionSamples,
  } as const;
}
