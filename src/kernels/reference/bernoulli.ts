import type { BernoulliSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { mix32, uniformAt } from '../../tensor/random.ts';

/** Zeros and ones, a pure function of (stream, counter, position): the counter says which draw of the stream it is. */
export function bernoulli(
  spec: BernoulliSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const key = mix32(spec.stream ^ (inputs[0]?.[0] as number));
  const mask = outputs[0]!;
  for (let i = 0; i < spec.count; i++) mask[i] = uniformAt(key, i) < spec.keep ? 1 : 0;
}
