// Operators that only move elements: y[i] = x[source(i)]. Their references and explanations are this one map.
import { numel, type Shape } from '../../tensor/shape.ts';
import type { ReferenceTensor } from '../define-operator.ts';
import { explainCopy, factorOf } from './explain.ts';

/** y[i] = x[source(i)]. */
export function reindexReference(x: ReferenceTensor, y: Shape, source: (index: number) => number): Float64Array {
  return Float64Array.from({ length: numel(y) }, (_, i) => x.data[source(i)] as number);
}

/** One element of one of several inputs called x0, x1, … */
export function explainMoved(xs: readonly ReferenceTensor[], from: { readonly input: number; readonly index: number }) {
  return explainCopy(factorOf(`x${from.input}`, xs[from.input] as ReferenceTensor, from.index));
}
