// Reductions over a list of dimensions: the parts that all of them share.
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Term } from '../../program/explanation.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type { InferContext, ReferenceTensor, Sample, TensorType } from '../define-operator.ts';
import { axesOf, checkAxes, foldedIndices, foldedShape } from './axes.ts';
import { factorOf } from './explain.ts';
import { knownNumbers } from './known.ts';
import { unaryInputs } from './unary.ts';

export const reductionShapes = { x: 'any', y: 'x without the dimensions `dim`, or with them as 1' };

export const reductionInputs = { x: { ...unaryInputs.x, dtype: 'any' }, dim: knownNumbers('Dimensions') } as const;

/** Of those that have no meaning on whole numbers. */
export const realReductionInputs = { ...unaryInputs, dim: knownNumbers('Dimensions') } as const;

export const reductionAttributes = z.strictObject({
  dim: z.array(z.int()).default([]).meta({ title: 'Dimensions', description: 'None: all of them' }),
  keepdim: z.boolean().default(false).meta({ title: 'Keep dimensions', description: 'As size 1' }),
});

export type ReductionAttributes = z.output<typeof reductionAttributes>;
type Attributes = ReductionAttributes;

export const reductionSamples: readonly Sample[] = [
  { inputs: { x: [3, 4] } },
  { attributes: { dim: [1], keepdim: true }, inputs: { x: [2, 3, 4] } },
  { attributes: { dim: [0, -1] }, inputs: { x: [2, 3, 2] } },
  { inputs: { x: [] } },
];

/** Type of y, or E_DIM at the attribute. */
export function inferReduction({
  inputs,
  attributes,
  fail,
}: InferContext<typeof reductionInputs, Record<never, never>, Attributes>): { outputs: { y: TensorType } } | null {
  const { shape } = inputs.x;
  if (!checkAxes(attributes.dim, shape, 'dim', fail)) return null;
  const axes = axesOf(attributes.dim, shape.length);
  return { outputs: { y: { dtype: inputs.x.dtype, shape: foldedShape(shape, axes, attributes.keepdim) } } };
}

/** A result of the reduction with its folded dimensions as size 1, so that it broadcasts against x. */
export function unfolded(emit: Emitter, y: Ref, x: Shape, { dim }: Attributes): Ref {
  const kept = foldedShape(x, axesOf(dim, x.length), true);
  return kept.length === y.shape.length ? y : emit.view(y, kept);
}

/** Flat indices of x that make element `index` of y. */
export function elementsOf(x: Shape, { dim }: Attributes, index: number): number[] {
  return foldedIndices(x, axesOf(dim, x.length), index);
}

/** One term for each of those elements. */
export function elementTerms(x: ReferenceTensor, attributes: Attributes, index: number): Term[] {
  return elementsOf(x.shape, attributes, index).map((k) => {
    const factor = factorOf('x', x, k);
    return { value: factor.value, factors: [factor] };
  });
}

/** `fold` of every group of elements. */
export function reduceReference(
  x: { readonly shape: Shape; readonly data: Float64Array },
  attributes: Attributes,
  y: Shape,
  fold: (group: number[]) => number,
): Float64Array {
  return Float64Array.from({ length: numel(y) }, (_, i) =>
    fold(elementsOf(x.shape, attributes, i).map((k) => x.data[k] as number)),
  );
}

/** One operation for every element of x. */
export function flopsPerInput({ inputs }: { readonly inputs: { readonly x: TensorType } }): number {
  return numel(inputs.x.shape);
}
