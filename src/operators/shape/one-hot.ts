// one_hot: a 1 at the place of each class number.  Formula  y[…, k] = 1 where k = x[…], else 0
// Shapes  x int32 any  y with num_classes along the new dimension `dim`
// Errors  E_DIM                                  Gradient  none: class numbers have none
// Source  PyTorch one_hot, ONNX OneHot-11        Negative numbers count from the end; one that does not exist gives zeros
import { z } from 'zod';
import { insertAxis } from '../../program/access.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { explainFunction, factorOf } from '../support/explain.ts';
import { knownNumber } from '../support/known.ts';
import { flopsPerElement } from '../support/unary.ts';

/** Element `at` of y: the class number behind it, and which place it asks about. */
function askedBy(y: readonly number[], dim: number, at: number) {
  const { size, inner } = aroundAxis(y, axisOf(dim, y.length));
  const place = Math.floor(at / inner) % size;
  return { place, from: Math.floor(at / (inner * size)) * inner + (at % inner), size };
}

function answerOf(x: ReferenceTensor, y: readonly number[], dim: number, at: number): number {
  const { place, from, size } = askedBy(y, dim, at);
  const given = x.data[from] as number;
  return Number((given < 0 ? given + size : given) === place);
}

export const oneHot = defineOperator({
  id: 'one_hot',
  family: 'shape',
  title: 'One-hot',
  summary: 'Class numbers as rows of zeros with a single 1.',
  formula: 'y_{\\dots,k} = [x_{\\dots} = k]',
  gradientFormula: null,
  gradientNote: 'Class numbers have no slope.',
  shapes: { x: 'any', y: 'x with `num_classes` along the new dimension `dim`' },
  source: 'PyTorch torch.nn.functional.one_hot; ONNX OneHot',
  keywords: ['onehot', 'indicator', 'classes', 'labels', 'dummy variables'],
  inputs: { x: { title: 'Class numbers', dtype: 'int32', rank: [0, 7] }, num_classes: knownNumber('Classes') },
  parameters: {},
  outputs: { y: { title: 'Output', dtype: 'any' } },
  attributes: z.strictObject({
    num_classes: z.int().min(1).max(1_000_000).default(10).meta({ title: 'Classes' }),
    dim: z.int().default(-1).meta({ title: 'New dimension' }),
    dtype: z.enum(['int32', 'float32']).default('int32').meta({ title: 'Element type' }),
  }),
  traits: {},
  infer({ inputs: { x }, attributes: { num_classes: classes, dim, dtype }, fail }) {
    const axis = checkAxis(dim, [...x.shape, classes], 'dim', fail);
    return axis === null ? null : { outputs: { y: { dtype, shape: x.shape.toSpliced(axis, 0, classes) } } };
  },
  forward({ emit, inputs: { x }, attributes: { num_classes: classes, dim }, outputs: { y } }) {
    const axis = axisOf(dim, y.shape.length);
    const answer = emit.map(
      [insertAxis(x, axis)],
      (e, given) => {
        const number = e.select(e.lt(given, e.constant(0)), e.add(given, e.constant(classes)), given);
        return e.eq(number, e.coordinate(axis));
      },
      { shape: y.shape, dtype: y.dtype },
    );
    return { outputs: { y: answer } };
  },
  gradient: null,
  reference: ({ inputs: { x }, attributes: { dim }, outputs: { y } }) => ({
    y: Float64Array.from({ length: y.shape.reduce((product, size) => product * size, 1) }, (_, at) =>
      answerOf(x, y.shape, dim, at),
    ),
  }),
  explain({ inputs: { x }, attributes: { dim }, outputs: { y }, index }) {
    const { place, from } = askedBy(y.shape, dim, index);
    const factor = factorOf('x', x, from);
    return explainFunction([factor], answerOf(x, y.shape, dim, index), `[${factor.value} = ${place}]`);
  },
  flops: flopsPerElement,
  onnx: { op: 'OneHot', attributes: { dim: 'axis', num_classes: 'depth' } },
  pytorch: 'torch.nn.functional.one_hot',
  samples: [
    { attributes: { num_classes: 4 }, inputs: { x: { shape: [3], below: 4 } } },
    { attributes: { num_classes: 3, dim: 1, dtype: 'float32' }, inputs: { x: { shape: [2, 3], below: 4 } } },
    { attributes: { num_classes: 2, dim: 0 }, inputs: { x: { shape: [], below: 2 } } },
  ],
});
