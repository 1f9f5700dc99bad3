// Comparisons of two tensors, element by element: 1 where it holds, else 0, as int32. Nothing here has a slope.
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { BinaryFunction } from '../../program/kernel-spec.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { InferContext, ReferenceTensor, TensorType } from '../define-operator.ts';
import { broadcastFactors, broadcastReference, inferBroadcast } from './broadcast.ts';
import { explainFunction, say } from './explain.ts';

export const comparedInputs = { a: { title: 'A', dtype: 'any' }, b: { title: 'B', dtype: 'any' } } as const;
export const truthOutput = { y: { title: 'Output', dtype: 'int32' } } as const;

interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** int32 of the broadcast shape, or E_BROADCAST. */
export function inferComparison(
  context: InferContext<typeof comparedInputs, Record<never, never>, unknown>,
): { outputs: { y: TensorType } } | null {
  const type = inferBroadcast(context);
  return type && { outputs: { y: { dtype: 'int32', shape: type.outputs.y.shape } } };
}

export function emitComparison(emit: Emitter, { a, b }: Pair<Ref>, by: BinaryFunction): Ref {
  return emit.map([a, b], (e, left, right) => e[by](left, right), { dtype: 'int32' });
}

export function comparisonReference(
  inputs: Pair<ReferenceTensor>,
  shape: Shape,
  holds: (a: number, b: number) => boolean,
): Float64Array {
  return broadcastReference(inputs, shape, (a, b) => Number(holds(a, b)));
}

/** `sign` writes the comparison: `>`. */
export function explainComparison(
  inputs: Pair<ReferenceTensor>,
  shape: Shape,
  index: number,
  holds: (a: number, b: number) => boolean,
  sign: string,
) {
  const factors = broadcastFactors(inputs, shape, index);
  const [a, b] = factors;
  return explainFunction(factors, Number(holds(a.value, b.value)), `${say(a.value)} ${sign} ${say(b.value)}`);
}
