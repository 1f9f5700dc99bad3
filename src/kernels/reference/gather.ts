import type { GatherSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';

/** y[outer, c, inner] = x[outer, index[c], inner]; NaN where the index is outside [0, size). */
export function gather(spec: GatherSpec, inputs: readonly NumericArray[], outputs: readonly NumericArray[]): void {
  const [x, index] = inputs as readonly [NumericArray, NumericArray];
  const y = outputs[0]!;
  let to = 0;
  for (let o = 0; o < spec.outer; o++) {
    for (let c = 0; c < spec.count; c++) {
      const row = index[c] as number;
      const inside = row >= 0 && row < spec.size;
      const from = (o * spec.size + row) * spec.inner;
      for (let i = 0; i < spec.inner; i++) y[to++] = inside ? (x[from + i] as number) : Number.NaN;
    }
  }
}
