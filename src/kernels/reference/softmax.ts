import type { SoftmaxSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';

/** Softmax over the middle of [outer, size, inner]. A slice with NaN or +Infinity, or of -Infinity only, gives NaN. */
export function softmax(
  { outer, size, inner, log }: SoftmaxSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const x = inputs[0]!;
  const y = outputs[0]!;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const first = o * size * inner + i;
      let largest = Number.NEGATIVE_INFINITY;
      for (let s = 0; s < size; s++) largest = Math.max(largest, x[first + s * inner] as number);
      let sum = 0;
      for (let s = 0; s < size; s++) sum += Math.exp((x[first + s * inner] as number) - largest);
      for (let s = 0; s < size; s++) {
        const shifted = (x[first + s * inner] as number) - largest;
        y[first + s * inner] = log ? shifted - Math.log(sum) : Math.exp(shifted) / sum;
      }
    }
  }
}
