// How much of each pixel a figure covers. Signed distances change no faster than one goes: a large one tells of its neighbours
// to the right and below, too, and only pixels near the edge are all measured.
import { distanceTo, type Outline } from './shape-outlines.ts';

/** Where a figure stands in a picture: in pixels, but for `squeeze` (its width by its height) and the turn. */
export interface Placement {
  readonly centreX: number;
  readonly centreY: number;
  readonly size: number;
  readonly squeeze: number;
  /** Of the angle it is turned by. */
  readonly cos: number;
  readonly sin: number;
  /** Cover of a pixel lost per unit of distance. */
  readonly edge: number;
}

/** Slack against rounding, in units of the figure's size. */
const slack = 1e-6;

/** Writes 0 … 1 for each pixel of a square picture, row by row. */
export type DrawCover = (outline: Outline, placement: Placement, out: Float64Array) => void;

const length = (x: number, y: number): number => Math.sqrt(x * x + y * y);

/** For square pictures of `sizePx` pixels a side; keeps one row's distances between calls. */
export function createCover(sizePx: number): DrawCover {
  /** What is known of the distance from each pixel of the last row to the edge: it is no less. */
  const clearance = new Float64Array(sizePx);
  return (outline, placement, out) => {
    const { centreX, centreY, size, squeeze, edge } = placement;
    const cos = placement.cos / size;
    const sin = placement.sin / size;
    const reach = (1.4 * size + 1) * (1.4 * size + 1);
    // Beyond half a pixel's cover nothing changes.
    const half = 0.5 / edge + slack;
    // How far one goes in the figure's own units from a pixel to the next, and from a row to the next.
    const across = length(cos * squeeze, sin / squeeze) + slack;
    const down = length(sin * squeeze, cos / squeeze) + slack;
    clearance.fill(0);
    for (let y = 0; y < sizePx; y++) {
      const dy = y - centreY;
      let left = 0;
      let cover = 0;
      for (let x = 0; x < sizePx; x++) {
        const at = y * sizePx + x;
        const above = (clearance[x] as number) - down;
        left -= across;
        if (above > half && above >= left) {
          left = above;
          cover = out[at - sizePx] as number;
        } else if (left <= half) {
          const dx = x - centreX;
          left = 0;
          cover = 0;
          if (dx * dx + dy * dy < reach) {
            const d = distanceTo(outline, (cos * dx + sin * dy) * squeeze, (cos * dy - sin * dx) / squeeze);
            cover = Math.max(0, Math.min(1, 0.5 - d * edge));
            left = Math.abs(d);
          }
        }
        clearance[x] = left;
        out[at] = cover;
      }
    }
  };
}
