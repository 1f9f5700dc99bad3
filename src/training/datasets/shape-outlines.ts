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
  const n = points.length / 2;
  // Per edge: start, vector, 1/length², and how x grows with y.
  const edges = new Float64Array(n * 6);
  for (let i = 0; i < n; i++) {
    const [ax = 0, ay = 0] = points.slice(i * 2, i * 2 + 2);
    const next = ((i + 1) % n) * 2;
    const dx = (points[next] ?? 0) - ax;
    const dy = (points[next + 1] ?? 0) - ay;
    edges.set([ax, ay, dx, dy, 1 / (dx * dx + dy * dy), dy === 0 ? 0 : dx / dy], i * 6);
  }
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    for (let e = 0; e < edges.length; e += 6) {
      const px = x - (edges[e] as number);
      const py = y - (edges[e + 1] as number);
      const dx = edges[e + 2] as number;
      const dy = edges[e + 3] as number;
      const t = Math.max(0, Math.min(1, (px * dx + py * dy) * (edges[e + 4] as number)));
      const ox = px - t * dx;
      const oy = py - t * dy;
      nearest = Math.min(nearest, ox * ox + oy * oy);
      if (py < 0 !== py - dy < 0 && px < py * (edges[e + 5] as number)) inside = !inside;
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
