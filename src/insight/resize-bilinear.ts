// A plane at another size by bilinear interpolation between pixel centres, edges held (PyTorch's align_corners=false).

type Size = readonly [height: number, width: number];

/** [rows, columns] to [rows, columns], row by row; pixels are areas (align_corners false), edges repeat. */
export function resizeBilinear(from: Float32Array, [rows, columns]: Size, to: Size): Float32Array<ArrayBuffer> {
  const [height, width] = to;
  const [down, across] = [weights(rows, height), weights(columns, width)];
  const out = new Float32Array(height * width);
  down.forEach(({ low: top, high: bottom, share: v }, y) => {
    across.forEach(({ low: left, high: right, share: h }, x) => {
      const at = (row: number, column: number) => from[row * columns + column] as number;
      const above = at(top, left) * (1 - h) + at(top, right) * h;
      const below = at(bottom, left) * (1 - h) + at(bottom, right) * h;
      out[y * width + x] = above * (1 - v) + below * v;
    });
  });
  return out;
}

/** For each new place the two old ones that it lies between, and the share of the second. */
function weights(size: number, wanted: number) {
  return Array.from({ length: wanted }, (_, i) => {
    const centre = Math.max(0, ((i + 0.5) * size) / wanted - 0.5);
    const low = Math.min(Math.floor(centre), size - 1);
    return { low, high: Math.min(low + 1, size - 1), share: centre - low };
  });
}
