// The larger or the smaller: what maximum and minimum (of two tensors), amax and amin (over dimensions) share.
import type { Explanation } from '../../program/explanation.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import type { ExplainContext, ForwardContext, GradientContext, ReferenceContext } from '../define-operator.ts';
import { arithmetic } from './arithmetic.ts';
import { axesOf } from './axes.ts';
import { type binaryInputs, broadcastFactors, mapSummedTo } from './broadcast.ts';
import { say } from './explain.ts';
import {
  elementTerms,
  flopsPerInput,
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
type By = 'max' | 'min';

const pick: { readonly [B in By]: (a: number, b: number) => number } = { max: Math.max, min: Math.min };

/** What nothing folds to: int32 has no infinity. */
function emptyOf(by: By, dtype: string): number {
  if (dtype === 'int32') return by === 'max' ? -(2 ** 31) : 2 ** 31 - 1;
  return by === 'max' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The record but for its names: y = max(a, b) or min(a, b). */
export function pairExtreme(by: By) {
  type Inputs = typeof binaryInputs;
  type Outputs = typeof anyOutput;
  return {
    ...arithmetic((e, a, b) => e[by](a, b), pick[by]),
    gradientFlow: 'selects' as const,
    gradient({ emit, inputs: { a, b }, cotangents, needs }: GradientContext<Inputs, None, Outputs, unknown>) {
      const [wins, ties] = by === 'max' ? (['gt', 'ge'] as const) : (['lt', 'le'] as const);
      // 1 for the winner, ½ at a tie, 0 for the loser.
      const share = (e: ExpressionBuilder, dy: Line, own: Line, other: Line) =>
        e.mul(dy, e.mul(e.constant(0.5), e.add(e[wins](own, other), e[ties](own, other))));
      return {
        a: needs('a') ? mapSummedTo(emit, [cotangents.y, a, b], share, a.shape) : undefined,
        b: needs('b') ? mapSummedTo(emit, [cotangents.y, b, a], share, b.shape) : undefined,
      };
    },
    explain({ inputs, outputs, index }: ExplainContext<Inputs, None, Outputs, unknown>): Explanation {
      const [a, b] = broadcastFactors(inputs, outputs.y.shape, index);
      const result = pick[by](a.value, b.value);
      const terms = [
        { value: a.value, factors: [a] },
        { value: b.value, factors: [b] },
      ];
      return { by, terms, result, text: `${by}(${say(a.value)}, ${say(b.value)}) = ${say(result)}` };
    },
  };
}

/** The record but for its names: the largest or smallest over dimensions; ties share the gradient evenly. */
export function foldedExtreme(by: By) {
  type Inputs = typeof reductionInputs;
  type Outputs = typeof anyOutput;
  type Attributes = ReductionAttributes;
  const best = (group: readonly number[], dtype: string) => group.reduce((a, b) => pick[by](a, b), emptyOf(by, dtype));
  return {
    shapes: reductionShapes,
    inputs: reductionInputs,
    parameters: {},
    outputs: anyOutput,
    attributes: reductionAttributes,
    traits: {},
    infer: inferReduction,
    forward({ emit, inputs: { x }, attributes: a, outputs: { y } }: ForwardContext<Inputs, None, Outputs, Attributes>) {
      const options = { axes: axesOf(a.dim, x.shape.length), keepdim: a.keepdim, by, dtype: y.dtype };
      return { outputs: { y: emit.reduce([x], options) } };
    },
    gradient({ emit, inputs: { x }, attributes, ...of }: GradientContext<Inputs, None, Outputs, Attributes>) {
      const y = unfolded(emit, of.outputs.y, x.shape, attributes);
      const dy = unfolded(emit, of.cotangents.y, x.shape, attributes);
      const axes = axesOf(attributes.dim, x.shape.length);
      const ties = emit.reduce([x, y], { axes, keepdim: true, value: (e, a, b) => e.eq(a, b) });
      return {
        x: emit.map([dy, x, y, ties], (e, d, a, b, n) => e.select(e.eq(a, b), e.div(d, n), e.constant(0))),
      };
    },
    reference: ({ inputs, attributes, outputs: { y } }: ReferenceContext<Inputs, None, Outputs, Attributes>) => ({
      y: reduceReference(inputs.x, attributes, y.shape, (group) => best(group, y.dtype)),
    }),
    explain({ inputs, attributes, index }: ExplainContext<Inputs, None, Outputs, Attributes>): Explanation {
      const terms = elementTerms(inputs.x, attributes, index);
      const result = best(
        terms.map((term) => term.value),
        'float32',
      );
      return { by, terms, result, text: `${by} of ${terms.length} elements = ${say(result)}` };
    },
    flops: flopsPerInput,
    samples: reductionSamples,
  };
}
