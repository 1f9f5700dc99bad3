// Draws curves of varying width into a grey picture with soft edges. The ink of overlapping pieces does not add up: the
// darkest wins, as with a pen.

export interface StrokeRaster {
  /** Begins a picture of `width` × `height` at `offset` of `out`, cleared to 0. */
  begin(out: Float32Array | Int32Array, offset: number): void;
  /** A capsule from (x0, y0) to (x1, y1), in pixels with pixel centres at whole numbers; radii at both ends. */
  segment(x0: number, y0: number, r0: number, x1: number, y1: number, r1: number): void;
}

/** `softness` is the width of the edge in pixels: 1 is plain anti-aliasing. */
export function createStrokeRaster(width: number, height: number): StrokeRaster & { softness: number } {
  let target: Float32Array | Int32Array = new Float32Array(0);
  let base = 0;
  const raster = {
    softness: 1,
    begin(out: Float32Array | Int32Array, offset: number) {
      target = out;
      base = offset;
      out.fill(0, offset, offset + width * height);
    },
    segment(x0: number, y0: number, r0: number, x1: number, y1: number, r1: number) {
      const soft = raster.softness;
      // Ink ends half an edge beyond the radius; the rest is for rounding.
      const reach = Math.max(r0, r1) + soft / 2 + 1e-6;
      const reach2 = reach * reach;
      const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
      const right = Math.min(width - 1, Math.floor(Math.max(x0, x1) + reach));
      const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
      const bottom = Math.min(height - 1, Math.floor(Math.max(y0, y1) + reach));
      const dx = x1 - x0;
      const dy = y1 - y0;
      const length2 = dx * dx + dy * dy;
      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          const at = base + y * width + x;
          const before = target[at] as number;
          if (before >= 1) continue;
          const along = length2 === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length2;
          const t = Math.max(0, Math.min(1, along));
          const ex = x - x0 - t * dx;
          const ey = y - y0 - t * dy;
          const distance2 = ex * ex + ey * ey;
          if (distance2 >= reach2) continue;
          const ink = Math.min(1, (r0 + t * (r1 - r0) - Math.sqrt(distance2)) / soft + 0.5);
          if (ink > before) target[at] = ink;
        }
      }
    },
  };
  return raster;
}
