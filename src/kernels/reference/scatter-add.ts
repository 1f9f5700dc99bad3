import type { ScatterAddSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';

/** dx[outer, index[c], inner] += dy[outer, c, inner] from zero, in the order of c; an index outside [0, size) is ignored. */
export function scatterAdd(
  spec: ScatterAddSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const [dy, index] = inputs as readonly [NumericArray, NumericArray];
  const dx = new Float64Array(spec.outer * spec.size * spec.inner);
  for (let o = 0; o < spec.outer; o++) {
    for (let c = 0; c < spec.count; c++) {
      const row = index[c] as number;
      if (row < 0 || row >= spec.size) continue;
      const from = (o * spec.count + c) * spec.inner;
      const to = (o * spec.size + row) * spec.inner;
      for (let i = 0; i < spec.inner; i++) dx[to + i]! += dy[from + i] as number;
    }
  }
  outputs[0]?.set(dx);
}
