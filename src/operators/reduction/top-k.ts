// top_k: the k largest elements, in order.       Formula  y[…, r, …] = x at rank r; rank of i = |{j : x[j] > x[i], or equal and j < i}|
// Shapes  x any of rank ≥ 1  y, indices (int32) with k along `dim`
// Errors  E_DIM  E_K                             Gradient  dy goes to the chosen elements, among equals the first
// Source  PyTorch topk (sorted), ONNX TopK-11    NaN counts as the largest
// Cost    n comparisons an element: exact and in one pass, made for lines of up to some thousands
import { z } from 'zod';
import { insertAxis, type Ref } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { formatShape, numel } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { alongAxis, aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { factorOf, say } from '../support/explain.ts';
import { knownNumber } from '../support/known.ts';

interface Attributes {
  readonly k: number;
  readonly dim: number;
  readonly largest: boolean;
}

/** 1 where `a` stands before `b`, apart from ties. */
function before(e: ExpressionBuilder, a: Line, b: Line, largest: boolean): Line {
  const better = largest ? e.gt(a, b) : e.lt(a, b);
  const [aNaN, bNaN] = [e.ne(a, a), e.ne(b, b)];
  // Against NaN no comparison holds: NaN comes first among the largest, last among the smallest.
  const [first, other] = largest ? [aNaN, bNaN] : [bNaN, aNaN];
  return e.or(better, e.and(first, e.not(other)));
}

/** Positions of the line's elements in their order. */
function orderOf(values: readonly number[], largest: boolean): number[] {
  const key = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
  const sign = largest ? -1 : 1;
  return [...values.keys()].sort((i, j) => {
    const [a, b] = [values[i] as number, values[j] as number];
    if (Number.isNaN(a) !== Number.isNaN(b)) return Number.isNaN(a) ? sign : -sign;
    return key(a) === key(b) ? i - j : sign * (key(a) < key(b) ? -1 : 1);
  });
}

/** Line of x behind element `index` of y, as flat indices, and the element's place in it. */
function lineOf(x: ReferenceTensor, { k, dim, largest }: Attributes, index: number) {
  const axis = axisOf(dim, x.shape.length);
  const { size, inner } = aroundAxis(x.shape, axis);
  const [row, rank] = [Math.floor(index / (k * inner)), Math.floor(index / inner) % k];
  const line = alongAxis(x.shape, axis, row * size * inner + (index % inner));
  const order = orderOf(
    line.map((at) => x.data[at] as number),
    largest,
  );
  return { line, chosen: order[rank] as number, rank };
}

export const topK = defineOperator({
  id: 'top_k',
  family: 'reduction',
  title: 'Top k',
  summary: 'The k largest (or smallest) elements in order, and where they stand.',
  formula: 'y_r = x_{(r)}',
  gradientFormula: 'dx_i = \\sum_r dy_r\\, [i = \\mathrm{indices}_r]',
  gradientNote: 'Kink among equals: the first is chosen.',
  shapes: { x: 'any of rank 1 or more', y: 'x with k along `dim`', indices: 'as y' },
  source: 'PyTorch torch.topk; ONNX TopK',
  keywords: ['topk', 'sort', 'largest', 'best'],
  inputs: { x: { title: 'Input', rank: [1, 7] }, k: knownNumber('k') },
  parameters: {},
  outputs: { y: { title: 'Output' }, indices: { title: 'Positions', dtype: 'int32' } },
  attributes: z.strictObject({
    k: z.int().min(1).max(1_000_000).default(1).meta({ title: 'k' }),
    dim: z.int().default(-1).meta({ title: 'Dimension' }),
    largest: z.boolean().default(true).meta({ title: 'Largest', description: 'Otherwise the smallest' }),
  }),
  traits: {},
  gradientFlow: 'selects',
  infer({ inputs: { x }, attributes: { k, dim }, source, fail }) {
    const axis = checkAxis(dim, x.shape, 'dim', fail);
    if (axis === null) return null;
    const size = x.shape[axis] as number;
    if (k > size) {
      const message = `k is ${k}, dimension ${axis} of ${formatShape(x.shape)} from ${source('x')} has ${size}`;
      const fixes =
        size > 0 ? [{ kind: 'set_attribute' as const, title: `Set k to ${size}`, attribute: 'k', value: size }] : [];
      return fail('E_K', { attribute: 'k' }, message, { fixes });
    }
    const shape = x.shape.with(axis, k);
    return { outputs: { y: { dtype: 'float32', shape }, indices: { dtype: 'int32', shape } } };
  },
  forward({ emit, inputs: { x }, attributes: { dim, largest }, outputs }) {
    const axis = axisOf(dim, x.shape.length);
    // Axis `axis` runs over the element that is ranked, the next one over those that it is compared with.
    const rank = emit.reduce([insertAxis(x, axis + 1), insertAxis(x, axis)], {
      axes: [axis + 1],
      value: (e, own, other) => {
        const ahead = before(e, other, own, largest);
        const tie = e.not(e.or(ahead, before(e, own, other, largest)));
        const earlier = e.lt(e.coordinate(axis + 1), e.coordinate(axis));
        return e.or(ahead, e.and(tie, earlier));
      },
    });
    // Axis `axis` runs over the ranks asked for, the next one over the elements.
    const ranks = emit.map([], (e) => e.coordinate(axis), { shape: outputs.y.shape });
    const operands = [insertAxis(x, axis), insertAxis(rank, axis), insertAxis(ranks, axis + 1)];
    const [y, places] = emit.reduceMany(operands, {
      axes: [axis + 1],
      values: (e, value, own, asked) => {
        const is = e.eq(own, asked);
        return [e.select(is, value, e.constant(0)), e.select(is, e.coordinate(axis + 1), e.constant(0))];
      },
    }) as [Ref, Ref];
    const indices = emit.map([places], (_, place) => place, { dtype: 'int32' });
    return { outputs: { y, indices }, saved: { rank } };
  },
  gradient({ emit, inputs: { x }, attributes: { dim }, cotangents, saved, needs }) {
    if (!needs('x') || !cotangents.y) return {};
    const axis = axisOf(dim, x.shape.length);
    return {
      x: emit.reduce([insertAxis(saved('rank'), axis + 1), insertAxis(cotangents.y, axis)], {
        axes: [axis + 1],
        value: (e, rank, dy) => e.select(e.eq(rank, e.coordinate(axis + 1)), dy, e.constant(0)),
      }),
    };
  },
  reference({ inputs: { x }, attributes, outputs }) {
    const y = new Float64Array(numel(outputs.y.shape));
    const indices = new Float64Array(y.length);
    for (let i = 0; i < y.length; i++) {
      const { line, chosen } = lineOf(x, attributes, i);
      y[i] = x.data[line[chosen] as number] as number;
      indices[i] = chosen;
    }
    return { y, indices };
  },
  explain({ inputs: { x }, attributes, port, index }) {
    const { line, chosen, rank } = lineOf(x, attributes, index);
    const factor = factorOf('x', x, line[chosen] as number);
    const result = port === 'indices' ? chosen : factor.value;
    const text = `${say(factor.value)} at ${chosen} is number ${rank} of ${line.length}`;
    return { by: 'function', terms: [{ value: result, factors: [factor] }], result, text };
  },
  flops: ({ inputs: { x }, attributes: { dim } }) =>
    numel(x.shape) * aroundAxis(x.shape, axisOf(dim, x.shape.length)).size,
  onnx: { op: 'TopK', attributes: { k: 'K', dim: 'axis', largest: 'largest' } },
  pytorch: 'torch.topk',
  samples: [
    { attributes: { k: 2 }, inputs: { x: [3, 5] } },
    { attributes: { k: 3, dim: 1, largest: false }, inputs: { x: [2, 4, 2] } },
    { inputs: { x: [4] } },
  ],
});
