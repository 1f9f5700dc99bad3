// The ten figures of the data set `shapes` as signed distances: negative inside, in units of the figure's size (about ±1).
import { cosine, sine } from '../../tensor/elementary.ts';

export interface Outline {
  readonly name: string;
  /** Largest turn in radians that keeps the figure what it is. */
  readonly turn: number;
  distance(x: number, y: number): number;
}

/** Exact distance to a closed polygon of flat pairs. */
function polygon(points: readonly number[]): (x: number, y: number) => number {
  const corners = Float64Array.from(points);
  const n = corners.length / 2;
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    for (let i = 0, j = n - 1; i < n; j = i++) {
      const ax = corners[i * 2] as number;
      const ay = corners[i * 2 + 1] as number;
      const bx = corners[j * 2] as number;
      const by = corners[j * 2 + 1] as number;
      const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
      const t = Math.max(0, Math.min(1, along));
      const dx = x - ax - t * (bx - ax);
      const dy = y - ay - t * (by - ay);
      nearest = Math.min(nearest, dx * dx + dy * dy);
      if (ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)) inside = !inside;
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  };
}

/** Corners on a circle (or on two in turn), the first one up. */
function star(corners: number, outer: number, inner = outer): number[] {
  const points: number[] = [];
  const count = inner === outer ? corners : corners * 2;
  for (let i = 0; i < count; i++) {
    const angle = (2 * Math.PI * i) / count;
    const radius = i % 2 === 1 && inner !== outer ? inner : outer;
    points.push(radius * sine(angle), -radius * cosine(angle));
  }
  return points;
}

/** x = sin³ t, y = −(13 cos t − 5 cos 2t − 2 cos 3t − cos 4t)/16. */
function heart(): number[] {
  const points: number[] = [];
  for (let i = 0; i < 28; i++) {
    const t = (2 * Math.PI * i) / 28;
    const s = sine(t);
    points.push(1.02 * s * s * s, -(13 * cosine(t) - 5 * cosine(2 * t) - 2 * cosine(3 * t) - cosine(4 * t)) / 16);
  }
  return points;
}

function circle(x: number, y: number, radius: number): number {
  return Math.sqrt(x * x + y * y) - radius;
}

const cross = [
  -0.33, -1, 0.33, -1, 0.33, -0.33, 1, -0.33, 1, 0.33, 0.33, 0.33, 0.33, 1, -0.33, 1, -0.33, 0.33, -1, 0.33, -1, -0.33,
  -0.33, -0.33,
];
const arrow = [0, -1.05, 0.85, -0.1, 0.34, -0.1, 0.34, 1, -0.34, 1, -0.34, -0.1, -0.85, -0.1];

/** In the order of their class numbers. */
export const outlines: readonly Outline[] = [
  { name: 'circle', turn: 0, distance: (x, y) => circle(x, y, 0.92) },
  { name: 'square', turn: 0.35, distance: polygon([-0.82, -0.82, 0.82, -0.82, 0.82, 0.82, -0.82, 0.82]) },
  { name: 'triangle', turn: 0.5, distance: polygon(star(3, 1.1)) },
  { name: 'hexagon', turn: 0.25, distance: polygon(star(6, 1)) },
  { name: 'star', turn: 0.6, distance: polygon(star(5, 1.15, 0.46)) },
  { name: 'ring', turn: 0, distance: (x, y) => Math.abs(circle(x, y, 0.72)) - 0.27 },
  { name: 'cross', turn: 0.35, distance: polygon(cross) },
  { name: 'heart', turn: 0.4, distance: polygon(heart()) },
  { name: 'crescent', turn: 0.7, distance: (x, y) => Math.max(circle(x + 0.1, y, 1), -circle(x - 0.42, y, 0.78)) },
  { name: 'arrow', turn: 0.7, distance: polygon(arrow) },
];
