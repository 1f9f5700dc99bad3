import type { ReduceSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { rowMajorStrides, type Shape, type Strides } from '../../tensor/shape.ts';
import { compileExpression } from './expression.ts';
import { walk } from './walk.ts';

type By = ReduceSpec['outputs'][number]['by'];

/** What an empty set reduces to. */
export const identity: { readonly [B in By]: number } = {
  sum: 0,
  prod: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
};

const fold: { readonly [B in By]: (a: number, b: number) => number } = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

/** Strides of a contiguous tensor of the axes that remain, 0 along the folded ones. */
export function keptStrides(shape: Shape, axes: readonly number[]): Strides {
  return rowMajorStrides(shape.map((size, axis) => (axes.includes(axis) ? 1 : size))).map((stride, axis) =>
    axes.includes(axis) ? 0 : stride,
  );
}

/** Folds the listed axes in float64, then finishes; NaN stays in all four. */
export function reduce(spec: ReduceSpec, inputs: readonly NumericArray[], outputs: readonly NumericArray[]): void {
  const evaluate = compileExpression(spec.body);
  const kept = spec.shape.filter((_, axis) => !spec.axes.includes(axis)).reduce((a, b) => a * b, 1);
  const sums = spec.outputs.map((output) => new Float64Array(kept).fill(identity[output.by]));
  const read = new Float64Array(spec.inputs.length);
  const target = { offset: 0, strides: keptStrides(spec.shape, spec.axes) };
  walk(spec.shape, [...spec.inputs, target], (index, at) => {
    for (let i = 0; i < read.length; i++) read[i] = inputs[i]?.[at[i] as number] as number;
    const lines = evaluate(read, index);
    const to = at[read.length] as number;
    spec.outputs.forEach(({ value, by }, k) => {
      sums[k]![to] = fold[by](sums[k]?.[to] as number, lines[value] as number);
    });
  });
  const nowhere = new Int32Array(spec.shape.length);
  spec.outputs.forEach(({ finish }, k) => {
    const last = compileExpression(finish);
    sums[k]?.forEach((sum, to) => {
      outputs[k]![to] = finish.length === 0 ? sum : (last(Float64Array.of(sum), nowhere).at(-1) as number);
    });
  });
}
