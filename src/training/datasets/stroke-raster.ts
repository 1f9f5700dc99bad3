// Draws curves of varying width as a grey picture with soft edges. The ink of overlapping pieces does not add up: the darkest
// wins, as with a pen. So each piece only notes how deep pixels lie in it; what that makes of a pixel is computed once, at the end.
import type { Canvas } from './canvas.ts';
import { inkCode, pointBytes, strokeCode } from './picture-code.ts';

export interface StrokeRaster {
  /** Begins an empty picture. `softness` is the width of the edge in pixels: 1 is plain anti-aliasing. */
  begin(softness: number): void;
  /** Goes on with a stroke to (x, y), in pixels with pixel centres at whole numbers: a capsule with these radii at its ends. */
  point(x: number, y: number, radius: number): void;
  /** The stroke ends, and the next point begins another. */
  lift(): void;
  /** Paints what was drawn: `ink` times the part of each pixel that is covered. */
  finish(ink: number): void;
}

const mostPoints = 256;
/** Slack against rounding, in pixels. */
const slackPx = 1e-6;

/** `width` is even. */
export function createStrokeRaster(canvas: Canvas, width: number, height: number): StrokeRaster {
  const size = width * height;
  /** Radius less distance at the piece that covers a pixel most, as far as that is any ink. */
  const depths = canvas.room(size);
  const points = canvas.room((mostPoints * pointBytes) / 8);
  const draw = canvas.run(strokeCode(width, height));
  const paint = canvas.run(inkCode());
  let soft = 1;
  let count = 0;
  const lift = () => {
    draw(points.byteOffset, count - 1, depths.byteOffset, soft / 2 + slackPx);
    count = 0;
  };
  const point = (x: number, y: number, radius: number) => {
    points[count * 3] = x;
    points[count * 3 + 1] = y;
    points[count * 3 + 2] = radius;
    if (++count < mostPoints) return;
    lift();
    point(x, y, radius);
  };
  return {
    begin(softness) {
      soft = softness;
      depths.fill(-soft / 2);
    },
    point,
    lift,
    finish: (ink) => paint(depths.byteOffset, canvas.plain.byteOffset, size, soft, ink),
  };
}
