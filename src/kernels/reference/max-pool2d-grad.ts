import type { MaxPool2dGradSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';

/** Adds every dy to the element its index names, in row-major order of dy; an index outside the plane is ignored. */
export function maxPool2dGrad(
  { geometry: g }: MaxPool2dGradSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const [dy, indices] = inputs as readonly [NumericArray, NumericArray];
  const inPlane = g.inSize[0] * g.inSize[1];
  const outPlane = g.outSize[0] * g.outSize[1];
  for (let plane = 0; plane < g.planes; plane++) {
    const dx = new Float64Array(inPlane);
    for (let i = plane * outPlane; i < (plane + 1) * outPlane; i++) {
      const at = indices[i] as number;
      if (at >= 0 && at < inPlane) dx[at]! += dy[i] as number;
    }
    outputs[0]?.set(dx, plane * inPlane);
  }
}
