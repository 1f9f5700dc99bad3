// Losses that compare element by element: loss[i] = f(x[i], t[i]), perhaps times a weight, then reduced. What their records
// share; an operator gives f and its derivatives.
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Explanation } from '../../program/explanation.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { broadcastShapes, formatShape, numel, sameShape } from '../../tensor/shape.ts';
import type { InferContext, ReferenceTensor, Sample, TensorType } from '../define-operator.ts';
import { broadcastIndex } from './broadcast.ts';
import { explainSum, factorOf } from './explain.ts';
import { inferPair, lossReference, pairFeed, type pairInputs, type Reduction, reduceLoss, upstream } from './loss.ts';
import { oneOutput } from './unary.ts';

/** Ports beside prediction and target; both broadcast to the prediction. */
export const weightPort = { weight: { title: 'Weight of each element', optional: true } } as const;
export const positivesPort = { pos_weight: { title: 'Weight of positives', optional: true } } as const;

interface Pair<T> {
  readonly x: T;
  readonly target: T;
  readonly weight?: T | undefined;
  readonly pos_weight?: T | undefined;
}

interface Context<T, A> {
  readonly inputs: Pair<T>;
  readonly attributes: A;
}

interface PairLoss<A> {
  /** f(x, t); p is pos_weight, where it is wired. */
  value(e: ExpressionBuilder, x: Line, t: Line, a: A, p: Line | undefined): Line;
  /** ∂f/∂x */
  slope(e: ExpressionBuilder, x: Line, t: Line, a: A, p: Line | undefined): Line;
  /** ∂f/∂t; left out: −∂f/∂x. */
  targetSlope?(e: ExpressionBuilder, x: Line, t: Line, p: Line | undefined): Line;
  /** f in float64. */
  reference(x: number, t: number, a: A, p: number): number;
  /** How f is written: (x − t)². */
  readonly name: string;
}

const extras = ['weight', 'pos_weight'] as const;

/** What of the record does not name things. */
export function pairLoss<A extends { readonly reduction: Reduction }>(f: PairLoss<A>) {
  const operandsOf = (inputs: Pair<Ref>): Ref[] => {
    const { x, target, weight, pos_weight: positives } = inputs;
    return [x, target, ...(weight ? [weight] : []), ...(positives ? [positives] : [])];
  };
  /** Lines of the extras among those of a pass that reads the operands. */
  const extraLines = ({ weight, pos_weight: positives }: Pair<Ref>, lines: readonly Line[]) => ({
    w: weight && lines[2],
    p: positives && lines[weight ? 3 : 2],
  });
  const weighed = (e: ExpressionBuilder, line: Line, w: Line | undefined) => (w === undefined ? line : e.mul(line, w));
  const read = (tensor: ReferenceTensor | undefined, { x }: Pair<ReferenceTensor>, i: number) =>
    tensor ? (tensor.data[broadcastIndex(i, tensor.shape, x.shape)] as number) : 1;
  const lossAt = ({ inputs, attributes: a }: Context<ReferenceTensor, A>, i: number): number => {
    const [x, t] = [inputs.x.data[i] as number, inputs.target.data[i] as number];
    return f.reference(x, t, a, read(inputs.pos_weight, inputs, i)) * read(inputs.weight, inputs, i);
  };
  return {
    parameters: {},
    outputs: oneOutput,
    feedType: pairFeed,
    infer({
      inputs,
      attributes,
      source,
      fail,
    }: Pick<InferContext<typeof pairInputs, Record<never, never>, A>, 'attributes' | 'source' | 'fail'> & {
      readonly inputs: Pair<TensorType>;
    }): { outputs: { y: TensorType } } | null {
      const { x } = inputs;
      for (const port of extras) {
        const own = inputs[port];
        if (!own || sameShape(broadcastShapes(own.shape, x.shape) ?? [-1], x.shape)) continue;
        const message = `${formatShape(own.shape)} from ${source(port)} does not broadcast to the prediction, ${formatShape(x.shape)}`;
        return fail('E_BROADCAST', { port }, message);
      }
      return inferPair({ inputs, attributes, source, fail });
    },
    forward({ emit, inputs, attributes: a }: Context<Ref, A> & { readonly emit: Emitter }) {
      const count = numel(inputs.x.shape);
      const y = reduceLoss(emit, operandsOf(inputs), a.reduction, count, [], (e, ...lines) => {
        const [x, t] = lines as [Line, Line];
        const { w, p } = extraLines(inputs, lines);
        return weighed(e, f.value(e, x, t, a, p), w);
      });
      return { outputs: { y } };
    },
    gradient({
      emit,
      inputs,
      attributes: a,
      cotangents,
      needs,
    }: Context<Ref, A> & {
      readonly emit: Emitter;
      readonly cotangents: { readonly y: Ref };
      needs(port: string): boolean;
    }) {
      const count = numel(inputs.x.shape);
      const toward = (of: 'x' | 'target') =>
        emit.map([...operandsOf(inputs), cotangents.y], (e, ...lines) => {
          const [x, t] = lines as [Line, Line];
          const { w, p } = extraLines(inputs, lines);
          const slope =
            of === 'x' ? f.slope(e, x, t, a, p) : (f.targetSlope?.(e, x, t, p) ?? e.neg(f.slope(e, x, t, a, p)));
          return e.mul(weighed(e, slope, w), upstream(e, lines.at(-1) as Line, a.reduction, count));
        });
      return { x: needs('x') ? toward('x') : undefined, target: needs('target') ? toward('target') : undefined };
    },
    reference: (context: Context<ReferenceTensor, A>) => ({
      y: lossReference(
        context.inputs.x.data.map((_, i) => lossAt(context, i)),
        context.attributes.reduction,
        context.inputs.x.data.length,
      ),
    }),
    explain(context: Context<ReferenceTensor, A> & { readonly index: number }): Explanation {
      const { inputs, attributes } = context;
      const term = (i: number) => ({
        value: lossAt(context, i),
        factors: [
          factorOf('x', inputs.x, i),
          factorOf('target', inputs.target, i),
          ...extras.flatMap((port) => {
            const tensor = inputs[port];
            return tensor ? [factorOf(port, tensor, broadcastIndex(i, tensor.shape, inputs.x.shape))] : [];
          }),
        ],
      });
      const name = inputs.weight ? `w·(${f.name})` : f.name;
      if (attributes.reduction === 'none') return explainSum([term(context.index)], name);
      const terms = Array.from(inputs.x.data, (_, i) => term(i));
      const sum = explainSum(terms, `Σ ${name}`);
      if (attributes.reduction === 'sum') return sum;
      const result = sum.result / terms.length;
      return { by: 'mean', terms, result, text: `mean of ${name} over ${terms.length} = ${result}` };
    },
    flops: ({ inputs }: { readonly inputs: { readonly x: TensorType } }) => 3 * numel(inputs.x.shape),
  };
}

/** Mean, sum with these attributes, and none. */
export function pairSamples(attributes: Readonly<Record<string, unknown>> = {}): readonly Sample[] {
  return [
    { inputs: { x: [3, 4], target: [3, 4] } },
    { attributes: { reduction: 'sum', ...attributes }, inputs: { x: [5], target: [5] } },
    { attributes: { reduction: 'none' }, inputs: { x: [2, 3], target: [2, 3] } },
  ];
}

interface Bend {
  readonly limit: number;
  /** Factors of the square below the limit and of the line above it. */
  readonly square: number;
  readonly line: number;
}

/** A square around 0 that becomes a line at the limit: Huber's loss and the smooth absolute error. */
export function bentLoss<A extends { readonly reduction: Reduction }>(bend: (a: A) => Bend, name: string) {
  return pairLoss<A>({
    value(e, x, t, a) {
      const { limit, square, line } = bend(a);
      const d = e.abs(e.sub(x, t));
      const beyond = e.mul(e.constant(line), e.sub(d, e.constant(limit / 2)));
      return e.select(e.lt(d, e.constant(limit)), e.mul(e.constant(square), e.mul(d, d)), beyond);
    },
    slope(e, x, t, a) {
      const { limit, line } = bend(a);
      const share = e.mul(e.sub(x, t), e.constant(line / limit));
      return e.max(e.constant(-line), e.min(e.constant(line), share));
    },
    reference(x, t, a) {
      const { limit, square, line } = bend(a);
      const d = Math.abs(x - t);
      return d < limit ? square * d * d : line * (d - limit / 2);
    },
    name,
  });
}
