// Losses that compare element by element: loss[i] = f(x[i], t[i]), then reduced. An operator gives f and its derivatives.
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Explanation } from '../../program/explanation.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel } from '../../tensor/shape.ts';
import type { ReferenceTensor, TensorType } from '../define-operator.ts';
import { explainSum, factorOf } from './explain.ts';
import { lossReference, type Reduction, reduceLoss, upstream } from './loss.ts';

type PairFunction = (e: ExpressionBuilder, x: Line, target: Line) => Line;

interface Pair<T> {
  readonly x: T;
  readonly target: T;
}

export function pairForward(emit: Emitter, { x, target }: Pair<Ref>, reduction: Reduction, f: PairFunction): Ref {
  return reduceLoss(emit, [x, target], reduction, numel(x.shape), [], f);
}

/** dy · slope(x, t) for one of the two ports. */
export function pairGradient(
  emit: Emitter,
  { x, target }: Pair<Ref>,
  dy: Ref,
  reduction: Reduction,
  slope: PairFunction,
): Ref {
  const count = numel(x.shape);
  return emit.map([x, target, dy], (e, a, t, d) => e.mul(slope(e, a, t), upstream(e, d, reduction, count)));
}

export function pairReference(
  { x, target }: Pair<ReferenceTensor>,
  reduction: Reduction,
  f: (x: number, target: number) => number,
): Float64Array {
  return lossReference(
    x.data.map((value, i) => f(value, target.data[i] as number)),
    reduction,
    x.data.length,
  );
}

/** `name` writes one pair's loss: (x − t)². */
export function explainPair(
  { x, target }: Pair<ReferenceTensor>,
  reduction: Reduction,
  index: number,
  f: (x: number, target: number) => number,
  name: string,
): Explanation {
  const term = (i: number) => {
    const factors = [factorOf('x', x, i), factorOf('target', target, i)] as const;
    return { value: f(factors[0].value, factors[1].value), factors };
  };
  if (reduction === 'none') return explainSum([term(index)], name);
  const terms = Array.from(x.data, (_, i) => term(i));
  const sum = explainSum(terms, `Σ ${name}`);
  if (reduction === 'sum') return sum;
  const result = sum.result / terms.length;
  return { by: 'mean', terms, result, text: `mean of ${name} over ${terms.length} = ${result}` };
}

export function pairFlops({ inputs }: { readonly inputs: { readonly x: TensorType } }): number {
  return 3 * numel(inputs.x.shape);
}
