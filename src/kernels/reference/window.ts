import type { Pool2dGeometry } from '../../program/kernel-spec.ts';

/** Called for every real (not padded) element of every window: positions in the input plane and in the output plane. */
export type VisitElement = (x: number, y: number) => void;

/** Visits the windows of one plane in row-major order, and each window's real elements in row-major order. */
export function visitWindows(g: Pool2dGeometry, visit: VisitElement): void {
  const [inHeight, inWidth] = g.inSize;
  const [outHeight, outWidth] = g.outSize;
  for (let i = 0; i < outHeight; i++) {
    for (let j = 0; j < outWidth; j++) {
      for (let k = 0; k < g.kernel[0]; k++) {
        const row = i * g.stride[0] + k * g.dilation[0] - g.padding[0];
        if (row < 0 || row >= inHeight) continue;
        for (let l = 0; l < g.kernel[1]; l++) {
          const column = j * g.stride[1] + l * g.dilation[1] - g.padding[1];
          if (column >= 0 && column < inWidth) visit(row * inWidth + column, i * outWidth + j);
        }
      }
    }
  }
}

/** Elements of one window along one axis that lie in [low, high). */
function overlap(start: number, kernel: number, dilation: number, low: number, high: number): number {
  let count = 0;
  for (let k = 0; k < kernel; k++) {
    const at = start + k * dilation;
    if (at >= low && at < high) count++;
  }
  return count;
}

/**
 * What average pooling divides window `o` (of one axis) by: elements inside the padded input, or inside the real one. Windows
 * that reach beyond the padding (output size rounded up) are cut there, as PyTorch does.
 */
export function windowCounts(g: Pool2dGeometry, axis: 0 | 1, countIncludePad: boolean): number[] {
  const before = countIncludePad ? g.padding[axis] : 0;
  const after = countIncludePad ? g.padding[axis === 0 ? 2 : 3] : 0;
  return Array.from({ length: g.outSize[axis] }, (_, o) =>
    overlap(o * g.stride[axis] - g.padding[axis], g.kernel[axis], g.dilation[axis], -before, g.inSize[axis] + after),
  );
}
