// gather_elements: one element for each index.   Formula  y[i, j, …] = x[indices[i, j, …], j, …] for dim 0, other dimensions alike
// Shapes  x any of rank ≥ 1  indices int32 of that rank, no larger than x but along `dim`  y as indices
// Errors  E_DIM  E_INDICES                       Gradient  dx: dy added up at the elements that were read
// Source  PyTorch gather, ONNX GatherElements-13  Negative indices count from the end; one out of range reads NaN (int32: 0)
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { formatShape, numel, rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { axisOf, checkAxis, coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainFunction, factorOf } from '../support/explain.ts';
import { anyOutput, flopsPerElement } from '../support/unary.ts';

/** Flat places in x; −1 where the index is out of range. */
function placesOf(emit: Emitter, x: Shape, indices: Ref, axis: number): Ref {
  const strides = rowMajorStrides(x);
  const size = x[axis] as number;
  return emit.map(
    [indices],
    (e, given) => {
      const zero = e.constant(0);
      const index = e.select(e.lt(given, zero), e.add(given, e.constant(size)), given);
      let place = e.mul(index, e.constant(strides[axis] as number));
      for (const [other, stride] of strides.entries()) {
        if (other !== axis) place = e.add(place, e.mul(e.coordinate(other), e.constant(stride)));
      }
      return e.select(e.or(e.lt(index, zero), e.ge(index, e.constant(size))), e.constant(-1), place);
    },
    { dtype: 'int32' },
  );
}

interface Inputs {
  readonly x: ReferenceTensor;
  readonly indices: ReferenceTensor;
}

/** Flat index in x of element `at` of y; −1: nowhere. */
function sourceOf({ x, indices }: Inputs, dim: number, at: number): number {
  const axis = axisOf(dim, x.shape.length);
  const size = x.shape[axis] as number;
  const given = indices.data[at] as number;
  const index = given < 0 ? given + size : given;
  if (index < 0 || index >= size) return -1;
  return flatIndex(coordinatesOf(at, indices.shape).with(axis, index), x.shape);
}

export const gatherElements = defineOperator({
  id: 'gather_elements',
  family: 'shape',
  title: 'Gather elements',
  summary: 'Picks one element for each index, along one dimension: the score of the right class of every example.',
  formula: 'y_{i,j} = x_{k_{i,j},\\, j}',
  gradientFormula: 'dx_{r,j} = \\sum_{i:\\, k_{i,j} = r} dy_{i,j}',
  gradientNote: 'Repeated indices add up; an index out of range gets nothing.',
  shapes: {
    x: 'any of rank 1 or more',
    indices: 'as x, but any size along `dim` and no larger elsewhere',
    y: 'as indices',
  },
  source: 'PyTorch torch.gather; ONNX GatherElements',
  keywords: ['gather', 'take along axis', 'pick', 'index', 'choose'],
  inputs: {
    x: { title: 'Input', dtype: 'any', rank: [1, 8] },
    indices: { title: 'Indices', dtype: 'int32', rank: [1, 8] },
  },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({ dim: z.int().default(0).meta({ title: 'Dimension' }) }),
  traits: {},
  infer({ inputs: { x, indices }, attributes, source, fail }) {
    const axis = checkAxis(attributes.dim, x.shape, 'dim', fail);
    if (axis === null) return null;
    const fits = indices.shape.length === x.shape.length;
    if (fits && indices.shape.every((size, i) => i === axis || size <= (x.shape[i] as number))) {
      return { outputs: { y: { dtype: x.dtype, shape: indices.shape } } };
    }
    const expected = `expects rank ${x.shape.length} and sizes up to those of ${formatShape(x.shape)} but along dimension ${axis}`;
    return fail(
      'E_INDICES',
      { port: 'indices' },
      `${expected}, gets ${formatShape(indices.shape)} from ${source('indices')}`,
    );
  },
  forward({ emit, inputs: { x, indices }, attributes }) {
    const places = placesOf(emit, x.shape, indices, axisOf(attributes.dim, x.shape.length));
    const taken = emit.gather(emit.view(x, [numel(x.shape)]), 0, places);
    if (x.dtype === 'float32') return { outputs: { y: taken }, saved: { places } };
    // Whole numbers have no NaN.
    const y = emit.map([taken, places], (e, value, at) => e.select(e.lt(at, e.constant(0)), e.constant(0), value), {
      dtype: 'int32',
    });
    return { outputs: { y }, saved: { places } };
  },
  gradient({ emit, inputs: { x }, cotangents, saved }) {
    return { x: emit.view(emit.scatterAdd(cotangents.y, 0, saved('places'), [numel(x.shape)]), x.shape) };
  },
  reference({ inputs, attributes, outputs }) {
    const nowhere = outputs.y.dtype === 'int32' ? 0 : Number.NaN;
    const read = (at: number) => inputs.x.data[sourceOf(inputs, attributes.dim, at)] ?? nowhere;
    return { y: Float64Array.from({ length: numel(outputs.y.shape) }, (_, at) => read(at)) };
  },
  explain({ inputs, attributes, outputs, index: at }) {
    const index = factorOf('indices', inputs.indices, at);
    const from = sourceOf(inputs, attributes.dim, at);
    const nowhere = outputs.y.dtype === 'int32' ? 0 : Number.NaN;
    if (from < 0) return explainFunction([index], nowhere, `index ${index.value} is out of range`);
    const source = factorOf('x', inputs.x, from);
    return explainFunction([index, source], source.value, `x[${from}], at index ${index.value},`);
  },
  flops: flopsPerElement,
  onnx: { op: 'GatherElements', attributes: { dim: 'axis' } },
  pytorch: 'torch.gather',
  samples: [
    { inputs: { x: [4, 3], indices: { shape: [2, 3], below: 4 } } },
    { attributes: { dim: -2 }, inputs: { x: [2, 3, 4], indices: { shape: [1, 5, 4], below: 3 } } },
    { inputs: { x: [3], indices: { shape: [2], below: 3 } } },
  ],
});
