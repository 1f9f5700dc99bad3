// L-BFGS against its definition, in float64: directions against a dense inverse Hessian built from the same pairs, accepted steps
// against the strong Wolfe conditions, and functions that are hard to descend.
import { describe, expect, test } from 'vitest';
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';
import { type OptimizerRun, runOptimizer } from '../../support/optimizer-harness.ts';

interface Landscape {
  readonly name: string;
  readonly start: readonly number[];
  f(x: readonly number[]): number;
  gradient(x: readonly number[]): number[];
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * (b[i] as number)));

/** Σ 100(x[i+1] − x[i]²)² + (1 − x[i])² */
const rosenbrock: Landscape = {
  name: 'a bent valley in six dimensions',
  start: [-1.2, 1, -0.5, 0.8, 1.3, -0.7],
  f: (x) => sum(x.slice(1).map((next, i) => 100 * (next - (x[i] as number) ** 2) ** 2 + (1 - (x[i] as number)) ** 2)),
  gradient: (x) => {
    const g = x.map(() => 0);
    for (let i = 0; i + 1 < x.length; i++) {
      const [own, next] = [x[i] as number, x[i + 1] as number];
      g[i] = (g[i] as number) - 400 * own * (next - own * own) - 2 * (1 - own);
      g[i + 1] = (g[i + 1] as number) + 200 * (next - own * own);
    }
    return g;
  },
};

const steepness = [1, 30, 900, 0.5];
const landscapes: readonly Landscape[] = [
  rosenbrock,
  {
    name: 'a bowl a thousand times steeper in one direction',
    start: [3, -2, 1, 5],
    f: (x) => sum(x.map((p, i) => ((steepness[i] as number) * p * p) / 2)),
    gradient: (x) => x.map((p, i) => (steepness[i] as number) * p),
  },
  {
    name: 'a bowl with waves',
    start: [4, -3],
    f: (x) => sum(x.map((p) => 0.5 * p * p + 1 - Math.cos(2 * p))),
    gradient: (x) => x.map((p) => p + 2 * Math.sin(2 * p)),
  },
];

function begin(landscape: Landscape, options: Readonly<Record<string, unknown>> = {}) {
  const run = runOptimizer(optimizers.lbfgs, { lr: 1, options, start: landscape.start, precision: 'float64' });
  let x: readonly number[] = landscape.start;
  return {
    run,
    /** One iteration: loss and gradient where the last one led. */
    next() {
      x = Array.from(run.step(landscape.gradient(x), landscape.f(x)));
      return x;
    },
  };
}

const slot = (run: OptimizerRun, name: string) => Array.from(run.state()[name] ?? []);
const scalar = (run: OptimizerRun, name: string) => slot(run, name)[0] as number;

/** −H·g with H = (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ over the pairs, begun with scale·I. */
function denseDirection(run: OptimizerRun, g: readonly number[]): number[] {
  const n = g.length;
  const [steps, changes] = [slot(run, 'steps'), slot(run, 'grad_changes')];
  const scale = scalar(run, 'scale');
  let h = g.map((_, i) => g.map((__, j) => (i === j ? scale : 0)));
  for (let pair = 0; pair * n < steps.length; pair++) {
    const [s, y] = [steps.slice(pair * n, (pair + 1) * n), changes.slice(pair * n, (pair + 1) * n)];
    const curvature = dot(s, y);
    if (curvature === 0) continue;
    const left = g.map((_, i) =>
      g.map((__, j) => (i === j ? 1 : 0) - ((s[i] as number) * (y[j] as number)) / curvature),
    );
    const times = (a: number[][], b: number[][]) =>
      a.map((row) => row.map((_, j) => sum(row.map((value, k) => value * (b[k]?.[j] as number)))));
    const flipped = left.map((row, i) => row.map((_, j) => left[j]?.[i] as number));
    h = times(times(left, h), flipped).map((row, i) =>
      row.map((value, j) => value + ((s[i] as number) * (s[j] as number)) / curvature),
    );
  }
  return h.map((row) => -dot(row, g));
}

describe.each(landscapes)('$name', (landscape) => {
  test('is descended until a step promises less than the smallest change', () => {
    const { run, next } = begin(landscape);
    for (let i = 0; i < 150; i++) next();
    const start = slot(run, 'start');
    expect(Math.max(...landscape.gradient(start).map(Math.abs))).toBeLessThan(5e-4);
    expect(landscape.f(start)).toBeLessThan(1e-7);
  });

  test.each(['strong_wolfe', 'none'])('directions are those of the dense formula, line search %s', (line_search_fn) => {
    const { run, next } = begin(landscape, { history_size: 4, line_search_fn });
    let compared = 0;
    for (let i = 0; i < 40; i++) {
      const before = scalar(run, 'iterations');
      next();
      const g = slot(run, 'start_grad');
      // Near the bottom rounding rules.
      if (scalar(run, 'iterations') === before || Math.hypot(...g) < 1e-4 || !g.every(Number.isFinite)) continue;
      const [own, dense] = [slot(run, 'direction'), denseDirection(run, g)];
      const size = Math.max(...dense.map(Math.abs));
      for (const [k, d] of dense.entries()) expect(Math.abs((own[k] as number) - d)).toBeLessThan(1e-7 * size);
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });

  test('every step that is accepted keeps the strong Wolfe conditions', () => {
    const { run, next } = begin(landscape);
    let accepted = 0;
    for (let i = 0; i < 60; i++) {
      const [x, d, g] = [slot(run, 'start'), slot(run, 'direction'), slot(run, 'start_grad')];
      const iterations = scalar(run, 'iterations');
      next();
      if (iterations === 0 || scalar(run, 'iterations') === iterations || Math.hypot(...g) < 1e-4) continue;
      const to = slot(run, 'start');
      const t =
        dot(
          to.map((p, k) => p - (x[k] as number)),
          d,
        ) / dot(d, d);
      expect(landscape.f(to)).toBeLessThanOrEqual(landscape.f(x) + 1e-4 * t * dot(g, d) + 1e-12);
      expect(Math.abs(dot(landscape.gradient(to), d))).toBeLessThanOrEqual(0.9 * Math.abs(dot(g, d)) + 1e-12);
      accepted++;
    }
    expect(accepted).toBeGreaterThan(3);
  });
});

test('losses that are not numbers are too high: the step shrinks', () => {
  // Defined for x < 1 only; the rate leads far beyond.
  const cliff: Landscape = {
    name: 'cliff',
    start: [-3],
    f: ([x = 0]) => (x < 1 ? -Math.log(1 - x) - 2 * x : Number.NaN),
    gradient: ([x = 0]) => [x < 1 ? 1 / (1 - x) - 2 : Number.NaN],
  };
  const { run, next } = begin(cliff);
  const seen: number[] = [];
  for (let i = 0; i < 40; i++) seen.push(cliff.f(next()));
  expect(slot(run, 'start')[0]).toBeCloseTo(0.5, 5);
  const far = runOptimizer(optimizers.lbfgs, { lr: 50, options: {}, start: [-3], precision: 'float64' });
  let x = [-3];
  for (let i = 0; i < 40; i++) x = Array.from(far.step(cliff.gradient(x), cliff.f(x)));
  expect(far.state()['start']?.[0]).toBeCloseTo(0.5, 5);
});

test('at the bottom it stands still', () => {
  const { run, next } = begin({ ...rosenbrock, start: [1, 1, 1, 1, 1, 1] });
  for (let i = 0; i < 5; i++) expect(next()).toEqual([1, 1, 1, 1, 1, 1]);
  expect(scalar(run, 'mode')).toBe(0);
});
