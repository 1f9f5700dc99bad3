// multiclass_hinge: multiclass SVM loss.         Formula  y = mean over examples of Σ_{j≠t} max(0, x_j − x_t + margin)
// Shapes  x f32[N, C, …] (classes along `dim`; rank 1: one example)  target i32[N, …]  weight f32[C]: that of class t weighs an example
// Errors  E_DIM  E_SCORES  E_TARGET_SHAPE  E_DTYPE  E_WEIGHT  Gradient  dx_j = dy/n where the margin is violated, dx_t = −(violations)·dy/n;
//         exactly at the margin (the kink) 0; none to weight. A class number that does not exist gives NaN; n: examples not ignored
// Source  Weston & Watkins 1999; CS231n (PyTorch's multi_margin_loss divides by C too)
// Cost    4 flops a score
import { z } from 'zod';
import type { Operand, Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import {
  alongScores,
  classAttributes,
  classAxis,
  classFeed,
  classInputs,
  classWeights,
  inferClassLoss,
  notANumber,
  outside,
  perClass,
  scoreIndex,
} from '../support/class-loss.ts';
import { explainSum, factorOf, say } from '../support/explain.ts';
import { lossReference, reduceLoss } from '../support/loss.ts';
import { oneOutput } from '../support/unary.ts';

const attributes = z.strictObject({
  margin: z.number().default(1).meta({ title: 'Margin' }),
  ...classAttributes,
});
type Attributes = z.output<typeof attributes>;

export const multiclassHinge = defineOperator({
  id: 'multiclass_hinge',
  family: 'loss',
  title: 'Multiclass hinge',
  summary: 'SVM loss: every wrong class must score lower than the right one by a margin.',
  formula: 'y = \\frac{1}{N} \\sum_i \\sum_{j \\ne t_i} \\max(0, x_{i,j} - x_{i,t_i} + \\Delta)',
  gradientFormula:
    'dx_{i,j} = [x_{i,j} - x_{i,t_i} + \\Delta > 0]\\, \\frac{dy}{N} \\;\\; (j \\ne t_i), \\quad dx_{i,t_i} = -\\sum_{j \\ne t_i} dx_{i,j}',
  gradientNote: 'Kink exactly at the margin: the gradient is 0 there. The class weights get none.',
  shapes: {
    x: '[N, C, …], classes along `dim`; [C] is one example',
    target: 'x without the classes',
    weight: '[C]',
    y: 'a scalar, or as target for reduction `none`',
  },
  source: 'Weston & Watkins 1999; CS231n linear classification',
  keywords: ['svm', 'hinge', 'margin', 'max margin', 'classification'],
  inputs: {
    x: classInputs.x,
    target: { ...classInputs.target, dtype: 'int32' },
    ...classWeights,
  },
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: { loss: true },
  feedType: classFeed,
  infer: (context) => inferClassLoss(context, false),
  forward({ emit, inputs: { x, target, weight }, attributes: a }) {
    const axis = classAxis(a.dim, x.shape.length) as number;
    const classes = x.shape[axis] as number;
    const labels = alongScores(target, x.shape, axis);
    const right = emit.reduce([x, labels], {
      axes: [axis],
      keepdim: true,
      value: (e, score, label) => {
        const own = e.select(e.eq(e.coordinate(axis), label), score, e.constant(0));
        const checked = e.select(outside(e, label, classes), notANumber(e), own);
        return e.select(isIgnored(e, label, a), e.constant(0), checked);
      },
    });
    const share = weight && shareOf(emit, labels, weight, x.shape, axis);
    const total = a.reduction === 'none' ? 'none' : 'sum';
    const operands = [x, labels, right, ...(share ? [share] : [])];
    const losses = reduceLoss(emit, operands, total, 1, [axis], (e, score, label, own, w) => {
      const loss = e.max(e.constant(0), violation(e, score as Line, own as Line, a.margin));
      const weighed = w === undefined ? loss : e.mul(loss, w);
      const nothing = e.or(e.eq(e.coordinate(axis), label as Line), isIgnored(e, label as Line, a));
      return e.select(nothing, e.constant(0), weighed);
    });
    const saved = { right, ...(share ? { share } : {}) };
    if (a.reduction !== 'mean') return { outputs: { y: losses }, saved };
    const counted = emit.reduce([emit.view(target, [numel(target.shape)])], {
      axes: [0],
      value: (e, label) => e.not(isIgnored(e, label, a)),
    });
    const y = emit.map([losses, counted], (e, sum, count) => e.div(sum, count));
    return { outputs: { y }, saved: { ...saved, counted } };
  },
  gradient({ emit, inputs: { x, target, weight }, attributes: a, cotangents, saved }) {
    const axis = classAxis(a.dim, x.shape.length) as number;
    const labels = alongScores(target, x.shape, axis);
    const right = saved('right');
    const violated = (e: ExpressionBuilder, score: Line, label: Line, own: Line) => {
      const counts = e.and(e.ne(e.coordinate(axis), label), e.not(isIgnored(e, label, a)));
      return e.and(e.gt(violation(e, score, own, a.margin), e.constant(0)), counts);
    };
    const count = emit.reduce([x, labels, right], { axes: [axis], keepdim: true, value: violated });
    const dy = a.reduction === 'none' ? emit.view(cotangents.y, count.shape) : cotangents.y;
    const share = weight ? saved('share') : undefined;
    const divisor = a.reduction === 'mean' ? saved('counted') : undefined;
    const scales = [...(share ? [share] : []), ...(divisor ? [divisor] : [])];
    return {
      x: emit.map([x, labels, right, count, dy, ...scales], (e, score, label, own, violations, d, ...more) => {
        const wrong = violated(e, score as Line, label as Line, own as Line);
        const slope = e.select(e.eq(e.coordinate(axis), label as Line), e.neg(violations as Line), wrong);
        // own − own: 0, or NaN where the class number does not exist.
        const checked = e.add(slope, e.sub(own as Line, own as Line));
        const weighed = share ? e.mul(checked, more[0] as Line) : checked;
        const whole = e.mul(weighed, d as Line);
        return divisor ? e.div(whole, more.at(-1) as Line) : whole;
      }),
    };
  },
  reference({ inputs, attributes: a }) {
    const losses = inputs.target.data.map((_, i) => marginsOf(inputs, a, i).reduce((sum, { value }) => sum + value, 0));
    return { y: lossReference(losses, a.reduction, countedIn(inputs.target, a)) };
  },
  explain({ inputs, attributes: a, index }) {
    const count = countedIn(inputs.target, a);
    const scale = a.reduction === 'mean' ? 1 / count : 1;
    const terms = (a.reduction === 'none' ? [index] : [...inputs.target.data.keys()])
      .flatMap((i) => marginsOf(inputs, a, i))
      .map((term) => ({ ...term, value: term.value * scale }));
    const weighs = inputs.weight ? 'w_t·' : '';
    const text = `Σ ${weighs}max(0, x_j − x_t + ${say(a.margin)})${a.reduction === 'mean' ? ` / ${count}` : ''}`;
    return explainSum(terms, text);
  },
  flops: ({ inputs }) => 4 * numel(inputs.x.shape),
  onnx: null,
  pytorch: null,
  samples: [
    { inputs: { x: [4, 5], target: { shape: [4], below: 5 } } },
    { inputs: { x: [3], target: { shape: [], below: 3 } } },
    { attributes: { margin: 0.5, reduction: 'sum' }, inputs: { x: [3, 4, 2], target: { shape: [3, 2], below: 4 } } },
    { attributes: { dim: -1, reduction: 'none' }, inputs: { x: [3, 2, 4], target: { shape: [3, 2], below: 4 } } },
    {
      attributes: { ignore_index: 1 },
      inputs: { x: [6, 3], target: { shape: [6], below: 3 }, weight: { shape: [3], low: 0.5, high: 2 } },
    },
  ],
});

/** x_j − x_t + margin */
function violation(e: ExpressionBuilder, score: Line, right: Line, margin: number): Line {
  return e.add(e.sub(score, right), e.constant(margin));
}

function isIgnored(e: ExpressionBuilder, label: Line, { ignore_index: ignored }: Attributes): Line {
  return e.eq(label, e.constant(ignored));
}

/** Weight of each example's class. */
function shareOf(emit: Emitter, labels: Operand, weight: Ref, scores: Shape, axis: number): Ref {
  return emit.reduce([labels, perClass(weight, scores, axis)], {
    axes: [axis],
    keepdim: true,
    value: (e, label, w) => e.select(e.eq(e.coordinate(axis), label), w, e.constant(0)),
  });
}

function countedIn(target: ReferenceTensor, { ignore_index: ignored }: Attributes): number {
  return target.data.filter((label) => label !== ignored).length;
}

interface Inputs {
  readonly x: ReferenceTensor;
  readonly target: ReferenceTensor;
  readonly weight: ReferenceTensor | undefined;
}

/** One term for each wrong class of one example; none where it is ignored. */
function marginsOf({ x, target, weight }: Inputs, { dim, margin, ignore_index: ignored }: Attributes, example: number) {
  const axis = classAxis(dim, x.shape.length) as number;
  const label = factorOf('target', target, example);
  if (label.value === ignored) return [];
  const right = factorOf('x', x, scoreIndex(x.shape, axis, example, label.value));
  const exists = label.value >= 0 && label.value < (x.shape[axis] as number);
  const share = weight && factorOf('weight', weight, label.value);
  return Array.from({ length: x.shape[axis] as number }, (_, j) => j)
    .filter((j) => j !== label.value)
    .map((j) => {
      const score = factorOf('x', x, scoreIndex(x.shape, axis, example, j));
      const loss = exists ? Math.max(0, score.value - right.value + margin) : Number.NaN;
      const value = loss * (share?.value ?? 1);
      return { value, factors: [score, right, label, ...(share ? [share] : [])] };
    });
}
