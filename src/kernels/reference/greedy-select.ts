import type { GreedySelectSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';

/** Picks each candidate in turn unless an earlier pick conflicts with it. */
export function greedySelect(
  { batch, count }: GreedySelectSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const [conflicts, picked] = [inputs[0]!, outputs[0]!];
  for (let b = 0; b < batch; b++) {
    for (let j = 0; j < count; j++) {
      let free = 1;
      for (let i = 0; i < j; i++) {
        if (picked[b * count + i] !== 0 && conflicts[(b * count + i) * count + j] !== 0) free = 0;
      }
      picked[b * count + j] = free;
    }
  }
}
