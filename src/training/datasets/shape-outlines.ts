// The ten figures of the data set `shapes` as signed distances: negative inside, in units of the figure's size (about ±1).
import { cosine, sine } from '../../tensor/elementary.ts';

export interface Outline {
  readonly name: string;
  /** Largest turn in radians that keeps the figure what it is. */
  readonly turn: number;
  readonly form: 'polygon' | 'circle' | 'ring' | 'crescent';
  /** Of a polygon, for each edge: start, vector, 1/length², and how x grows with y. */
  readonly edges: Float64Array;
}

/** By flat pairs. */
function polygon(name: string, turn: number, points: readonly number[]): Outline {
  const n = points.length / 2;
  const edges = new Float64Array(n * 6);
  for (let i = 0; i < n; i++) {
    const [ax = 0, ay = 0] = points.slice(i * 2, i * 2 + 2);
    const next = ((i + 1) % n) * 2;
    const dx = (points[next] ?? 0) - ax;
    const dy = (points[next + 1] ?? 0) - ay;
    edges.set([ax, ay, dx, dy, 1 / (dx * dx + dy * dy), dy === 0 ? 0 : dx / dy], i * 6);
  }
  return { name, turn, form: 'polygon', edges };
}

/** Figures that are told by their distances alone. */
function round(name: 'circle' | 'ring' | 'crescent', turn: number): Outline {
  return { name, turn, form: name, edges: new Float64Array(0) };
}

/** Exact distance to the outline. One function for all, so that it is called without making an object of every number. */
export function distanceTo({ form, edges }: Outline, x: number, y: number): number {
  switch (form) {
    case 'circle':
      return circle(x, y, 0.92);
    case 'ring':
      return Math.abs(circle(x, y, 0.72)) - 0.27;
    case 'crescent':
      return Math.max(circle(x + 0.1, y, 1), -circle(x - 0.42, y, 0.78));
    case 'polygon':
      return polygonDistance(edges, x, y);
  }
}

function polygonDistance(edges: Float64Array, x: number, y: number): number {
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
  round('circle', 0),
  polygon('square', 0.35, [-0.82, -0.82, 0.82, -0.82, 0.82, 0.82, -0.82, 0.82]),
  polygon('triangle', 0.5, star(3, 1.1)),
  polygon('hexagon', 0.25, star(6, 1)),
  polygon('star', 0.6, star(5, 1.15, 0.46)),
  round('ring', 0),
  polygon('cross', 0.35, cross),
  polygon('heart', 0.4, heart()),
  round('crescent', 0.7),
  polygon('arrow', 0.7, arrow),
];
