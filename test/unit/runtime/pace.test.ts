// Which way a long run is made, on machines made up: a clock that only iterations move, so that every figure is the same each time.
import { describe, expect, test } from 'vitest';
import { createPace, type Verdict } from '../../../src/runtime/pace.ts';
import { createRandom } from '../../../src/tensor/random.ts';

/** Milliseconds of an iteration each way, at a time of the clock. */
type Machine = (at: number) => { readonly one: number; readonly two: number };

interface Iteration {
  /** When it began, what it took, and how it was run. */
  readonly at: number;
  readonly took: number;
  readonly both: boolean;
}

/** A run of so many milliseconds, `gap` of them before every iteration, each in so many pieces. */
function runOn(machine: Machine, milliseconds: number, { gap = 0.4, pieces = 1, verdict = { wins: true } } = {}) {
  let clock = 0;
  const pace = createPace(() => clock, verdict);
  const iterations: Iteration[] = [];
  while (clock < milliseconds) {
    clock += gap;
    const at = clock;
    let both = false;
    for (let piece = 0; piece < pieces; piece++) {
      const now = pace.begin(piece === 0);
      if (piece === 0) both = now;
      else expect(now, 'one way for all of an iteration').toBe(both);
      clock += machine(at)[both ? 'two' : 'one'] / pieces;
      pace.end(piece === pieces - 1);
    }
    iterations.push({ at, took: clock - at, both });
  }
  return iterations;
}

/** The part of the time between two moments that was spent on two threads. */
function share(iterations: readonly Iteration[], from: number, to = Number.POSITIVE_INFINITY): number {
  const within = iterations.filter(({ at }) => at >= from && at < to);
  const all = within.reduce((sum, { took }) => sum + took, 0);
  return within.reduce((sum, { took, both }) => sum + (both ? took : 0), 0) / all;
}

/** Times of the same kind, a quarter up or down, and one iteration in `every` stalled for ten milliseconds. */
function noisy(one: number, two: number, every: number, seed: number, everyTogether = every): Machine {
  const random = createRandom(seed, 'noise');
  const time = (mean: number, rare: number) =>
    mean * (0.75 + 0.5 * random.uniform()) + (random.integer(rare) === 0 ? 10 : 0);
  return () => ({ one: time(one, every), two: time(two, everyTogether) });
}

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

test.each([0.2, 2, 40, 400])('two threads that win are used: %d ms alone', (one) => {
  const iterations = runOn(() => ({ one, two: one * 0.6 }), 1000 * one + 60_000, { gap: one / 10 });
  const settled = 1000 + 20 * one;
  expect(share(iterations, settled)).toBeGreaterThan(0.985);
});

test.each([0.2, 2, 40, 400])('two that lose take less than a hundredth of the time: %d ms alone', (one) => {
  for (const two of [one, 1.3 * one, 3 * one]) {
    const iterations = runOn(() => ({ one, two }), 1000 * one + 60_000, { gap: one / 10 });
    const settled = 1000 + 40 * one;
    expect(share(iterations, settled)).toBeLessThan(0.01);
    expect(share(iterations, settled), 'tried again').toBeGreaterThan(0);
  }
});

test('the longer one way loses, the more rarely it is tried', () => {
  const iterations = runOn(() => ({ one: 2, two: 3 }), 120_000);
  expect(share(iterations, 60_000)).toBeLessThan(0.5 * share(iterations, 1000, 15_000));
});

describe('a machine that changes', () => {
  test('two threads win first and lose later', () => {
    const machine: Machine = (at) => ({ one: 2, two: at < 30_000 ? 1.1 : 5 });
    const iterations = runOn(machine, 90_000);
    expect(share(iterations, 1000, 30_000)).toBeGreaterThan(0.985);
    // As rarely as it is tried, three seconds may pass before it is noticed.
    expect(share(iterations, 34_000)).toBeLessThan(0.01);
  });

  test('they lose first and win later, and nothing but a trial can tell', () => {
    const machine: Machine = (at) => ({ one: 2, two: at < 30_000 ? 5 : 1.1 });
    const iterations = runOn(machine, 90_000);
    expect(share(iterations, 1000, 30_000)).toBeLessThan(0.01);
    expect(share(iterations, 60_000)).toBeGreaterThan(0.98);
  });

  test('what alone is slower for is a reason to try at once', () => {
    const machine: Machine = (at) => (at < 60_000 ? { one: 2, two: 3 } : { one: 4, two: 2.2 });
    expect(share(runOn(machine, 90_000), 65_000)).toBeGreaterThan(0.98);
  });
});

describe('noise', () => {
  test('two that win in spite of stalls are used', () => {
    for (const seed of seeds)
      expect(share(runOn(noisy(2, 1.2, 100, seed), 60_000), 5000), `seed ${seed}`).toBeGreaterThan(0.9);
  });

  test('two that lose by a little are not, nor those whose stalls eat what they save', () => {
    for (const seed of seeds) {
      expect(share(runOn(noisy(2, 2.2, 100, seed), 60_000), 5000), `seed ${seed}`).toBeLessThan(0.2);
      // 1.4 and a stall of ten milliseconds in every tenth: 2.4 on average, though most are quicker.
      expect(share(runOn(noisy(2, 1.4, 200, seed, 10), 60_000), 5000), `seed ${seed}`).toBeLessThan(0.2);
    }
  });

  test('wherever it settles, a long run takes hardly longer than the better way throughout', () => {
    for (const [one, two] of [
      [2, 1.2],
      [2, 1.7],
      [2, 2],
      [2, 7],
      [60, 35],
      [60, 80],
    ] as const)
      for (const seed of seeds) {
        const iterations = runOn(noisy(one, two, 100, seed), 60_000);
        const mean = iterations.reduce((sum, { took }) => sum + took, 0) / iterations.length;
        // A stall each hundredth iteration is a tenth of a millisecond. Alone is kept where together saves less than a tenth.
        expect(mean / (one + 0.1), `${one} or ${two}, seed ${seed}`).toBeLessThan(1.05);
        expect(mean / (Math.min(one, two) + 0.1), `${one} or ${two}, seed ${seed}`).toBeLessThan(1.2);
      }
  });
});

test('an iteration in pieces is run one way, and the way is found as for one in one piece', () => {
  expect(
    share(
      runOn(() => ({ one: 2, two: 1.2 }), 30_000, { pieces: 5 }),
      1000,
    ),
  ).toBeGreaterThan(0.98);
  expect(
    share(
      runOn(() => ({ one: 2, two: 3 }), 30_000, { pieces: 5 }),
      1000,
    ),
  ).toBeLessThan(0.02);
});

test('long waits between iterations count for neither way', () => {
  let turn = 0;
  // A minute passes in between now and then, always before an iteration of two threads: as the page waits for its user.
  let clock = 0;
  const pace = createPace(() => clock, { wins: true });
  let together = 0;
  for (let run = 0; run < 4000; run++) {
    if (++turn % 50 === 0) clock += 60_000;
    const both = pace.begin(true);
    clock += both ? 1.1 : 2;
    pace.end(true);
    if (run >= 1000 && both) together++;
  }
  expect(together / 3000).toBeGreaterThan(0.9);
});

test('a plan that comes later begins as the last trial ended', () => {
  const verdict: Verdict = { wins: true };
  runOn(() => ({ one: 2, two: 5 }), 2000, { verdict });
  expect(verdict.wins).toBe(false);
  expect(runOn(() => ({ one: 2, two: 5 }), 20, { verdict }).some(({ both }) => both)).toBe(false);
});
