import type { MaxPool2dSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { beats } from './arg-reduce.ts';
import { visitWindows } from './window.ts';

/** Largest element of each window and its position in the plane; a window of padding only gives -Infinity and -1. */
export function maxPool2d(
  { geometry: g }: MaxPool2dSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const x = inputs[0]!;
  const [y, indices] = outputs as readonly [NumericArray, NumericArray];
  const inPlane = g.inSize[0] * g.inSize[1];
  const outPlane = g.outSize[0] * g.outSize[1];
  for (let plane = 0; plane < g.planes; plane++) {
    const best = new Float64Array(outPlane).fill(Number.NEGATIVE_INFINITY);
    const where = new Int32Array(outPlane).fill(-1);
    visitWindows(g, (from, to) => {
      const value = x[plane * inPlane + from] as number;
      if (where[to] !== -1 && !beats(value, best[to] as number, 'max')) return;
      best[to] = value;
      where[to] = from;
    });
    y.set(best, plane * outPlane);
    indices.set(where, plane * outPlane);
  }
}
