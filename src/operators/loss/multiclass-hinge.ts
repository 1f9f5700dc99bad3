// multiclass_hinge: multiclass SVM loss.         Formula  y = mean over examples of Σ_{j≠t} max(0, x_j − x_t + margin)
// Shapes  x f32[N, C, …] (classes along `dim`; rank 1: one example)  target i32[N, …]
// Errors  E_DIM  E_SCORES  E_TARGET_SHAPE  E_DTYPE  Gradient  dx_j = dy/n where the margin is violated, dx_t = −(violations)·dy/n;
//         exactly at the margin (the kink) 0     A class number that does not exist gives NaN
// Source  Weston & Watkins 1999; CS231n (PyTorch's multi_margin_loss divides by C too)
// Cost    4 flops a score
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import {
  alongScores,
  checkClasses,
  classAxis,
  classFeed,
  classInputs,
  forEachExample,
  notANumber,
  outside,
  scoreIndex,
} from '../support/class-loss.ts';
import { explainSum, factorOf, say } from '../support/explain.ts';
import { lossReference, reduceLoss, reductionSchema, upstream } from '../support/loss.ts';
import { oneOutput } from '../support/unary.ts';

export const multiclassHinge = defineOperator({
  id: 'multiclass_hinge',
  family: 'loss',
  title: 'Multiclass hinge',
  summary: 'SVM loss: every wrong class must score lower than the right one by a margin.',
  formula: 'y = \\frac{1}{N} \\sum_i \\sum_{j \\ne t_i} \\max(0, x_{i,j} - x_{i,t_i} + \\Delta)',
  gradientFormula:
    'dx_{i,j} = [x_{i,j} - x_{i,t_i} + \\Delta > 0]\\, \\frac{dy}{N} \\;\\; (j \\ne t_i), \\quad dx_{i,t_i} = -\\sum_{j \\ne t_i} dx_{i,j}',
  gradientNote: 'Kink exactly at the margin: the gradient is 0 there.',
  shapes: {
    x: '[N, C, …], classes along `dim`; [C] is one example',
    target: 'x without the classes',
    y: 'a scalar, or as target for reduction `none`',
  },
  source: 'Weston & Watkins 1999; CS231n linear classification',
  keywords: ['svm', 'hinge', 'margin', 'max margin', 'classification'],
  inputs: { x: classInputs.x, target: { ...classInputs.target, dtype: 'int32' } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({
    margin: z.number().default(1).meta({ title: 'Margin' }),
    dim: z.int().default(1).meta({ title: 'Class dimension' }),
    reduction: reductionSchema,
  }),
  traits: { loss: true },
  feedType: classFeed,
  infer({ inputs, attributes, source, fail }) {
    const axis = checkClasses({ inputs, attributes, source, fail }, false);
    if (axis === null) return null;
    const shape = attributes.reduction === 'none' ? inputs.x.shape.toSpliced(axis, 1) : [];
    return { outputs: { y: { dtype: 'float32', shape } } };
  },
  forward({ emit, inputs: { x, target }, attributes: { dim, margin, reduction } }) {
    const axis = classAxis(dim, x.shape.length) as number;
    const classes = x.shape[axis] as number;
    const labels = alongScores(target, x.shape, axis);
    const right = emit.reduce([x, labels], {
      axes: [axis],
      keepdim: true,
      value: (e, score, label) => {
        const own = e.select(e.eq(e.coordinate(axis), label), score, e.constant(0));
        return e.select(outside(e, label, classes), notANumber(e), own);
      },
    });
    const y = reduceLoss(emit, [x, labels, right], reduction, numel(target.shape), [axis], (e, score, label, own) => {
      const loss = e.max(e.constant(0), violation(e, score as Line, own as Line, margin));
      return e.select(e.eq(e.coordinate(axis), label as Line), e.constant(0), loss);
    });
    return { outputs: { y }, saved: { right } };
  },
  gradient({ emit, inputs: { x, target }, attributes: { dim, margin, reduction }, cotangents, saved }) {
    const axis = classAxis(dim, x.shape.length) as number;
    const labels = alongScores(target, x.shape, axis);
    const right = saved('right');
    const violated = (e: ExpressionBuilder, score: Line, label: Line, own: Line) =>
      e.and(e.gt(violation(e, score, own, margin), e.constant(0)), e.ne(e.coordinate(axis), label));
    const count = emit.reduce([x, labels, right], { axes: [axis], keepdim: true, value: violated });
    const dy = reduction === 'none' ? emit.view(cotangents.y, count.shape) : cotangents.y;
    return {
      x: emit.map([x, labels, right, count, dy], (e, score, label, own, violations, d) => {
        const wrong = violated(e, score, label, own);
        const slope = e.select(e.eq(e.coordinate(axis), label), e.neg(violations), wrong);
        // own − own: 0, or NaN where the class number does not exist.
        const checked = e.add(slope, e.sub(own, own));
        return e.mul(checked, upstream(e, d, reduction, numel(target.shape)));
      }),
    };
  },
  reference({ inputs: { x, target }, attributes: { dim, margin, reduction } }) {
    const axis = classAxis(dim, x.shape.length) as number;
    const losses = new Float64Array(target.data.length);
    forEachExample(x.shape, axis, (i) => {
      losses[i] = marginReference(x, target, axis, margin, i).reduce((sum, { value }) => sum + value, 0);
    });
    return { y: lossReference(losses, reduction, losses.length) };
  },
  explain({ inputs: { x, target }, attributes: { dim, margin, reduction }, index }) {
    const axis = classAxis(dim, x.shape.length) as number;
    const examples = reduction === 'none' ? [index] : [...target.data.keys()];
    const scale = reduction === 'mean' ? 1 / target.data.length : 1;
    const terms = examples
      .flatMap((i) => marginReference(x, target, axis, margin, i))
      .map((term) => ({ ...term, value: term.value * scale }));
    return explainSum(
      terms,
      `Σ max(0, x_j − x_t + ${say(margin)})${reduction === 'mean' ? ` / ${target.data.length}` : ''}`,
    );
  },
  flops: ({ inputs }) => 4 * numel(inputs.x.shape),
  onnx: null,
  pytorch: null,
  samples: [
    { inputs: { x: [4, 5], target: { shape: [4], below: 5 } } },
    { inputs: { x: [3], target: { shape: [], below: 3 } } },
    { attributes: { margin: 0.5, reduction: 'sum' }, inputs: { x: [3, 4, 2], target: { shape: [3, 2], below: 4 } } },
    { attributes: { dim: -1, reduction: 'none' }, inputs: { x: [3, 2, 4], target: { shape: [3, 2], below: 4 } } },
  ],
});

/** x_j − x_t + margin */
function violation(e: ExpressionBuilder, score: Line, right: Line, margin: number): Line {
  return e.add(e.sub(score, right), e.constant(margin));
}

/** One term for each wrong class of one example. */
function marginReference(x: ReferenceTensor, target: ReferenceTensor, axis: number, margin: number, example: number) {
  const label = factorOf('target', target, example);
  const right = factorOf('x', x, scoreIndex(x.shape, axis, example, label.value));
  const exists = label.value >= 0 && label.value < (x.shape[axis] as number);
  return Array.from({ length: x.shape[axis] as number }, (_, j) => j)
    .filter((j) => j !== label.value)
    .map((j) => {
      const score = factorOf('x', x, scoreIndex(x.shape, axis, example, j));
      const value = exists ? Math.max(0, score.value - right.value + margin) : Number.NaN;
      return { value, factors: [score, right, label] };
    });
}
