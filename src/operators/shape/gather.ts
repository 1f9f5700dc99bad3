// gather: slices of x at indices.                Formula  y[…, i…, …] = x[…, indices[i…], …]
// Shapes  x any of rank ≥ 1  indices int32 of any shape, which takes the place of dimension `dim` in y
// Errors  E_DIM                                  Gradient  dx: dy added up at the indices; repeated ones accumulate
// Source  PyTorch index_select, ONNX Gather-13   Negative indices count from the end; one out of range reads NaN (int32: 0)
import { z } from 'zod';
import { insertAxis, type Operand, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { explainFunction, factorOf } from '../support/explain.ts';
import { flopsPerElement, oneOutput } from '../support/unary.ts';

/** Indices from 0 on. */
function positive(emit: Emitter, indices: Ref, size: number): Ref {
  return emit.map([indices], (e, i) => e.select(e.lt(i, e.constant(0)), e.add(i, e.constant(size)), i), {
    dtype: 'int32',
  });
}

interface Inputs {
  readonly x: ReferenceTensor;
  readonly indices: ReferenceTensor;
}

/** Which index element `at` of y follows, and where that leads in x; −1: nowhere. */
function sourceOf({ x, indices }: Inputs, dim: number, at: number) {
  const { size, inner } = aroundAxis(x.shape, axisOf(dim, x.shape.length));
  const count = indices.data.length;
  const own = Math.floor(at / inner) % count;
  const given = indices.data[own] as number;
  const index = given < 0 ? given + size : given;
  const outer = Math.floor(at / (inner * count));
  return { own, from: index >= 0 && index < size ? (outer * size + index) * inner + (at % inner) : -1 };
}

export const gather = defineOperator({
  id: 'gather',
  family: 'shape',
  title: 'Gather',
  summary: 'Picks slices by number, in any order and as often as asked.',
  formula: 'y_{\\dots,\\, i,\\, \\dots} = x_{\\dots,\\, k_i,\\, \\dots}',
  gradientFormula: 'dx_{\\dots,\\, r,\\, \\dots} = \\sum_{i:\\, k_i = r} dy_{\\dots,\\, i,\\, \\dots}',
  gradientNote: 'Repeated indices add up; an index out of range gets nothing.',
  shapes: { x: 'any of rank 1 or more', indices: 'any', y: 'x with the shape of the indices in place of `dim`' },
  source: 'PyTorch torch.index_select; ONNX Gather',
  keywords: ['index', 'take', 'lookup', 'pick', 'index_select'],
  inputs: {
    x: { title: 'Input', dtype: 'any', rank: [1, 8] },
    indices: { title: 'Indices', dtype: 'int32' },
  },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({ dim: z.int().default(0).meta({ title: 'Dimension' }) }),
  traits: {},
  infer({ inputs: { x, indices }, attributes, fail }) {
    const axis = checkAxis(attributes.dim, x.shape, 'dim', fail);
    if (axis === null) return null;
    const shape: Shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return { outputs: { y: { dtype: x.dtype, shape } } };
  },
  forward({ emit, inputs: { x, indices }, attributes }) {
    const axis = axisOf(attributes.dim, x.shape.length);
    const places = positive(emit, indices, x.shape[axis] as number);
    const taken = emit.gather(x, axis, places);
    if (x.dtype === 'float32') return { outputs: { y: taken }, saved: { places } };
    // Whole numbers have no NaN.
    let along: Operand = places;
    for (let i = axis + 1; i < x.shape.length; i++) along = insertAxis(along, along.shape.length);
    const size = x.shape[axis] as number;
    const y = emit.map(
      [taken, along],
      (e, value, at) => {
        const outside = e.or(e.lt(at, e.constant(0)), e.ge(at, e.constant(size)));
        return e.select(outside, e.constant(0), value);
      },
      { dtype: 'int32' },
    );
    return { outputs: { y }, saved: { places } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents, saved }) {
    const axis = axisOf(attributes.dim, x.shape.length);
    return { x: emit.scatterAdd(cotangents.y, axis, saved('places'), x.shape) };
  },
  reference({ inputs, attributes, outputs }) {
    const nowhere = outputs.y.dtype === 'int32' ? 0 : Number.NaN;
    const read = (at: number) => inputs.x.data[sourceOf(inputs, attributes.dim, at).from] ?? nowhere;
    return { y: Float64Array.from({ length: numel(outputs.y.shape) }, (_, at) => read(at)) };
  },
  explain({ inputs, attributes, outputs, index: at }) {
    const { own, from } = sourceOf(inputs, attributes.dim, at);
    const index = factorOf('indices', inputs.indices, own);
    const nowhere = outputs.y.dtype === 'int32' ? 0 : Number.NaN;
    if (from < 0) return explainFunction([index], nowhere, `index ${index.value} is out of range`);
    const source = factorOf('x', inputs.x, from);
    return explainFunction([index, source], source.value, `x[${from}], at index ${index.value},`);
  },
  flops: flopsPerElement,
  onnx: { op: 'Gather', attributes: { dim: 'axis' } },
  pytorch: 'torch.index_select',
  samples: [
    { inputs: { x: [4, 3], indices: { shape: [5], below: 4 } } },
    { attributes: { dim: -2 }, inputs: { x: [2, 3, 2], indices: { shape: [2, 2], below: 3 } } },
    { inputs: { x: [3], indices: { shape: [], below: 3 } } },
  ],
});
