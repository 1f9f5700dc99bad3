import type { AvgPool2dSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { visitWindows, windowCounts } from './window.ts';

/** Mean of each window, or its gradient; a window without elements to count gives 0. */
export function avgPool2d(
  { geometry: g, direction, countIncludePad }: AvgPool2dSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const from = inputs[0]!;
  const inPlane = g.inSize[0] * g.inSize[1];
  const outPlane = g.outSize[0] * g.outSize[1];
  const rows = windowCounts(g, 0, countIncludePad);
  const columns = windowCounts(g, 1, countIncludePad);
  const counts = rows.flatMap((row) => columns.map((column) => row * column));
  for (let plane = 0; plane < g.planes; plane++) {
    const sums = new Float64Array(direction === 'forward' ? outPlane : inPlane);
    visitWindows(g, (x, y) => {
      if (direction === 'forward') sums[y]! += from[plane * inPlane + x] as number;
      else sums[x]! += (from[plane * outPlane + y] as number) / (counts[y] as number);
    });
    if (direction === 'forward') {
      for (let y = 0; y < outPlane; y++) sums[y] = counts[y] === 0 ? 0 : (sums[y] as number) / (counts[y] as number);
    }
    outputs[0]?.set(sums, plane * sums.length);
  }
}
