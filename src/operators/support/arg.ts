// Positions of extreme elements: what argmax and argmin share. Among equals the first; NaN wins over all, as in PyTorch.
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Explanation } from '../../program/explanation.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type { InferContext, ReferenceTensor, TensorType } from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis, foldedShape } from './axes.ts';
import { factorOf, say } from './explain.ts';
import { shaped } from './shaped.ts';

export const argAttributes = {
  dim: z.int().optional().meta({ title: 'Dimension', description: 'Left out: over all elements in a row' }),
  keepdim: z.boolean().default(false).meta({ title: 'Keep dimension', description: 'As size 1' }),
};

type Attributes = z.output<z.ZodObject<typeof argAttributes>>;
type Inputs = {
  readonly x: { readonly title: string; readonly dtype: 'any'; readonly rank: readonly [number, number] };
};

export function inferArg({
  inputs: { x },
  attributes: { dim, keepdim },
  source,
  fail,
}: InferContext<Inputs, Record<never, never>, Attributes>): { outputs: { y: TensorType } } | null {
  const axis = dim === undefined ? undefined : checkAxis(dim, x.shape, 'dim', fail);
  if (axis === null) return null;
  if (numel(axis === undefined ? x.shape : [x.shape[axis] as number]) === 0) {
    return fail('E_EMPTY', { port: 'x' }, `there is nothing to choose from in ${source('x')}`);
  }
  const axes = axis === undefined ? [...x.shape.keys()] : [axis];
  return { outputs: { y: { dtype: 'int32', shape: foldedShape(x.shape, axes, keepdim) } } };
}

export function emitArg(emit: Emitter, x: Ref, { dim }: Attributes, by: 'max' | 'min', shape: Shape): Ref {
  const line = dim === undefined ? shaped(emit, x, [numel(x.shape)]) : x;
  return shaped(emit, emit.argReduce(line, dim === undefined ? 0 : axisOf(dim, x.shape.length), by), shape);
}

/** Flat indices of the elements that output `index` chooses from. */
function candidates(x: Shape, { dim }: Attributes, index: number): number[] {
  const whole = { outer: 1, size: numel(x), inner: 1 };
  const { size, inner } = dim === undefined ? whole : aroundAxis(x, axisOf(dim, x.length));
  const first = Math.floor(index / inner) * size * inner + (index % inner);
  return Array.from({ length: size }, (_, k) => first + k * inner);
}

function best(values: readonly number[], by: 'max' | 'min'): number {
  let found = 0;
  for (const [i, value] of values.entries()) {
    const standing = values[found] as number;
    if (Number.isNaN(standing)) break;
    if (Number.isNaN(value) || (by === 'max' ? value > standing : value < standing)) found = i;
  }
  return found;
}

export function argReference(x: ReferenceTensor, attributes: Attributes, by: 'max' | 'min', y: Shape): Float64Array {
  return Float64Array.from({ length: numel(y) }, (_, i) =>
    best(
      candidates(x.shape, attributes, i).map((at) => x.data[at] as number),
      by,
    ),
  );
}

export function explainBest(x: ReferenceTensor, attributes: Attributes, by: 'max' | 'min', index: number): Explanation {
  const factors = candidates(x.shape, attributes, index).map((at) => factorOf('x', x, at));
  const result = best(
    factors.map((factor) => factor.value),
    by,
  );
  const winner = factors[result]?.value as number;
  const text = `${say(winner)} at ${result} is the ${by === 'max' ? 'largest' : 'smallest'} of ${factors.length}`;
  return { by: 'function', terms: [{ value: result, factors }], result, text };
}
