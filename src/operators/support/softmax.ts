// Softmax in float64: what several references and explanations share.
import type { ReferenceTensor } from '../define-operator.ts';
import { alongAxis, aroundAxis } from './axes.ts';
import { factorOf } from './explain.ts';

/** Softmax, or its logarithm, along one axis. */
export function softmaxReference(x: ReferenceTensor, axis: number, log: boolean): Float64Array {
  const { outer, size, inner } = aroundAxis(x.shape, axis);
  const y = new Float64Array(x.data.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (k: number) => (o * size + k) * inner + i;
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < size; k++) largest = Math.max(largest, x.data[at(k)]!);
      let sum = 0;
      for (let k = 0; k < size; k++) sum += Math.exp(x.data[at(k)]! - largest);
      for (let k = 0; k < size; k++) {
        const shifted = x.data[at(k)]! - largest;
        y[at(k)] = log ? shifted - Math.log(sum) : Math.exp(shifted) / sum;
      }
    }
  }
  return y;
}

/** What makes one element: its score, all scores of its row, and the exponentials shifted by the largest. */
export function explainExponentials(x: ReferenceTensor, axis: number, index: number) {
  const group = alongAxis(x.shape, axis, index).map((k) => factorOf('x', x, k));
  const own = factorOf('x', x, index);
  const largest = group.reduce((max, factor) => Math.max(max, factor.value), Number.NEGATIVE_INFINITY);
  const sum = group.reduce((total, factor) => total + Math.exp(factor.value - largest), 0);
  return { own, group, largest, top: Math.exp(own.value - largest), sum };
}
