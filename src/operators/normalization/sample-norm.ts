// Normalisation within one example: layer, group and instance norm differ only in what they take together. Each sees x as
// [N, G, K, S], takes mean and variance over K and S, and scales by weights [G, K]. The variance is summed around the mean,
// and the mean's rounding is corrected in the same pass: well-conditioned in float32.
import type { Ref, Strided } from '../../program/access.ts';
import { insertAxis } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { ones, zeros } from '../../program/initializer.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type {
  CostContext,
  ExplainContext,
  ForwardContext,
  GradientContext,
  Inferred,
  ReferenceContext,
  ReferenceTensor,
} from '../define-operator.ts';
import { factorOf, say } from '../support/explain.ts';
import { shaped } from '../support/shaped.ts';
import type { oneOutput } from '../support/unary.ts';

export const affineParameters = {
  weight: { title: 'Scale γ', optional: true },
  bias: { title: 'Shift β', optional: true },
} as const;

type Inputs = { readonly x: { readonly title: string; readonly rank: readonly [number, number] } };
type Parameters = typeof affineParameters;
type Outputs = typeof oneOutput;

/** Sizes N, G, K, S of x as it is seen. */
export type Grouping = readonly [examples: number, groups: number, weights: number, inner: number];

/** Types of x normalised, with weights of `shape`. */
export function inferredNorm(
  x: Shape,
  shape: Shape,
  own: { weight: boolean; bias: boolean },
): Inferred<Parameters, Outputs> {
  return {
    outputs: { y: { dtype: 'float32', shape: x } },
    parameters: {
      ...(own.weight ? { weight: { shape, init: ones } } : {}),
      ...(own.bias ? { bias: { shape, init: zeros } } : {}),
    },
  };
}

/** Mean and 1/√(variance + eps) of every group, [N, G, 1, 1]. */
function emitStatistics(emit: Emitter, x: Ref, eps: number): [Ref, Ref] {
  const axes = [2, 3];
  const share = 1 / numel(x.shape.slice(2));
  const rough = emit.reduce([x], { axes, keepdim: true, finish: (e, sum) => e.mul(sum, e.constant(share)) });
  const [shift, square] = emit.reduceMany([x, rough], {
    axes,
    keepdim: true,
    values: (e, value, mean) => {
      const centred = e.sub(value, mean);
      return [centred, e.mul(centred, centred)];
    },
    finish: (e, sum) => e.mul(sum, e.constant(share)),
  }) as [Ref, Ref];
  return emit.mapMany([rough, shift, square], (e, mean, correction, spread) => {
    const variance = e.max(e.sub(spread, e.mul(correction, correction)), e.constant(0));
    return [e.add(mean, correction), e.reciprocal(e.sqrt(e.add(variance, e.constant(eps))))];
  }) as [Ref, Ref];
}

interface Group {
  readonly members: readonly number[];
  readonly mean: number;
  readonly variance: number;
}

/** The group of element `index` of the reference. */
function groupOf(x: ReferenceTensor, [, , weights, inner]: Grouping, index: number): Group {
  const size = weights * inner;
  const first = Math.floor(index / size) * size;
  const members = Array.from({ length: size }, (_, k) => first + k);
  const mean = members.reduce((sum, at) => sum + (x.data[at] as number), 0) / size;
  const variance = members.reduce((sum, at) => sum + ((x.data[at] as number) - mean) ** 2, 0) / size;
  return { members, mean, variance };
}

/** Program code and references of norms over parts of each example: x read as [N, G, K, S], mean and variance over K and S. */
export function sampleNormRules<A extends { readonly eps: number }>(groupingOf: (attributes: A, x: Shape) => Grouping) {
  const weightIndex = ([, groups, weights, inner]: Grouping, index: number) =>
    Math.floor(index / inner) % (groups * weights);

  /** Weights [G, K, 1] beside [N, G, K, S]. */
  const along = (emit: Emitter, ref: Ref, [, groups, weights]: Grouping): Strided =>
    insertAxis(shaped(emit, ref, [groups, weights]), 2);

  return {
    forward({ emit, inputs: { x, weight, bias }, attributes }: ForwardContext<Inputs, Parameters, Outputs, A>) {
      const grouping = groupingOf(attributes, x.shape);
      const seen = shaped(emit, x, grouping);
      const [mean, invstd] = emitStatistics(emit, seen, attributes.eps);
      const scale = weight ? [along(emit, weight, grouping)] : [];
      const shift = bias ? [along(emit, bias, grouping)] : [];
      const y = emit.map([seen, mean, invstd, ...scale, ...shift], (e, value, m, s, ...rest) => {
        const normal = e.mul(e.sub(value, m), s);
        const [w, b] = weight ? rest : [undefined, rest[0]];
        const scaled = w === undefined ? normal : e.mul(normal, w);
        return b === undefined ? scaled : e.add(scaled, b);
      });
      return { outputs: { y: shaped(emit, y, x.shape) }, saved: { mean, invstd } };
    },

    gradient({
      emit,
      inputs: { x, weight, bias },
      attributes,
      cotangents,
      saved,
      needs,
    }: GradientContext<Inputs, Parameters, Outputs, A>) {
      const grouping = groupingOf(attributes, x.shape);
      const [seen, dy] = [shaped(emit, x, grouping), shaped(emit, cotangents.y, grouping)];
      const [mean, invstd] = [saved('mean'), saved('invstd')];
      const scale = weight ? [along(emit, weight, grouping)] : [];
      const dx = () => {
        const sums = emit.reduceMany([seen, mean, invstd, dy, ...scale], {
          axes: [2, 3],
          keepdim: true,
          values: (e, value, m, s, d, w) => {
            const own = w === undefined ? d : e.mul(d, w);
            return [own, e.mul(own, e.mul(e.sub(value, m), s))];
          },
        }) as [Ref, Ref];
        const share = 1 / (grouping[2] * grouping[3]);
        return emit.map([seen, mean, invstd, dy, ...sums, ...scale], (e, value, m, s, d, sum, sumNormal, w) => {
          const own = w === undefined ? d : e.mul(d, w);
          const common = e.add(sum, e.mul(e.mul(e.sub(value, m), s), sumNormal));
          return e.mul(s, e.sub(own, e.mul(common, e.constant(share))));
        });
      };
      const dw = (ref: Ref) => {
        const sum = emit.reduce([dy, seen, mean, invstd], {
          axes: [0, 3],
          value: (e, d, value, m, s) => e.mul(d, e.mul(e.sub(value, m), s)),
        });
        return shaped(emit, sum, ref.shape);
      };
      return {
        x: needs('x') ? shaped(emit, dx(), x.shape) : undefined,
        weight: weight && needs('weight') ? dw(weight) : undefined,
        bias: bias && needs('bias') ? shaped(emit, emit.reduce([dy], { axes: [0, 3] }), bias.shape) : undefined,
      };
    },

    reference({ inputs: { x, weight, bias }, attributes }: ReferenceContext<Inputs, Parameters, Outputs, A>) {
      const grouping = groupingOf(attributes, x.shape);
      const size = grouping[2] * grouping[3];
      const y = new Float64Array(x.data.length);
      for (let first = 0; first < y.length; first += size) {
        const { members, mean, variance } = groupOf(x, grouping, first);
        for (const at of members) {
          const k = weightIndex(grouping, at);
          const normal = ((x.data[at] as number) - mean) / Math.sqrt(variance + attributes.eps);
          y[at] = normal * (weight?.data[k] ?? 1) + (bias?.data[k] ?? 0);
        }
      }
      return { y };
    },

    explain({ inputs: { x, weight, bias }, attributes, index }: ExplainContext<Inputs, Parameters, Outputs, A>) {
      const grouping = groupingOf(attributes, x.shape);
      const { mean, variance, members } = groupOf(x, grouping, index);
      const k = weightIndex(grouping, index);
      const own = factorOf('x', x, index);
      const [scale, shift] = [weight?.data[k] ?? 1, bias?.data[k] ?? 0];
      const result = ((own.value - mean) / Math.sqrt(variance + attributes.eps)) * scale + shift;
      const factors = [
        own,
        ...(weight ? [factorOf('weight', weight, k)] : []),
        ...(bias ? [factorOf('bias', bias, k)] : []),
      ];
      const label = `mean ${say(mean)}, variance ${say(variance)} of ${members.length}`;
      const inside = `(${say(own.value)} − ${say(mean)}) / √(${say(variance)} + ${attributes.eps})`;
      const text = `${inside} · ${say(scale)} + ${say(shift)} = ${say(result)}`;
      return { by: 'function' as const, terms: [{ value: result, factors, label }], result, text };
    },

    flops: ({ outputs }: CostContext<Inputs, Parameters, Outputs, A>) => 8 * numel(outputs.y.shape),
  };
}
