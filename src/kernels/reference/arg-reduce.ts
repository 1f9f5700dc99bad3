import type { ArgReduceSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { keptStrides } from './reduce.ts';
import { walk } from './walk.ts';

/** True when `x` comes before `best`: strictly better, or the first NaN. */
export function beats(x: number, best: number, by: 'max' | 'min'): boolean {
  if (Number.isNaN(best)) return false;
  return Number.isNaN(x) || (by === 'max' ? x > best : x < best);
}

/** Index of the first extreme along the axis; an empty axis gives 0. */
export function argReduce(
  spec: ArgReduceSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const x = inputs[0]!;
  const y = outputs[0]!;
  const kept = spec.shape.filter((_, axis) => axis !== spec.axis).reduce((a, b) => a * b, 1);
  const best = new Float64Array(kept);
  for (let i = 0; i < kept; i++) y[i] = 0;
  const target = { offset: 0, strides: keptStrides(spec.shape, [spec.axis]) };
  walk(spec.shape, [spec.input, target], (index, at) => {
    const value = x[at[0] as number] as number;
    const to = at[1] as number;
    const here = index[spec.axis] as number;
    if (here > 0 && !beats(value, best[to] as number, spec.by)) return;
    best[to] = value;
    y[to] = here;
  });
}
