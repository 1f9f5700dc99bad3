// What every optimiser record keeps: options with titles, slots that come back, no denormals, float32 that stays accurate.
import { describe, expect, test } from 'vitest';
import { optimizerFiles, runOptimizer } from '../../support/optimizer-harness.ts';

const optimizers = optimizerFiles();
const variants: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  momentum: [{ dampening: 0.5 }, { nesterov: true }],
  adam: [{ amsgrad: true, weight_decay: 0.1 }],
  adagrad: [{ lr_decay: 0.1, initial_accumulator_value: 0.1 }],
  lbfgs: [{ line_search_fn: 'none', history_size: 3 }],
  rmsprop: [{ centered: true, momentum: 0.9 }, { centered: true }, { momentum: 0.5 }],
};
const cases = [...optimizers.values()].flatMap((optimizer) =>
  [{}, ...(variants[optimizer.id] ?? [])].map((options) => ({
    name: `${optimizer.id} ${JSON.stringify(options)}`,
    optimizer,
    options,
  })),
);

test('sgd, momentum and adam are there', () => {
  expect([...optimizers.keys()]).toEqual(expect.arrayContaining(['sgd', 'momentum', 'adam']));
});

describe.each([...optimizers.values()])('$id', (optimizer) => {
  test('its options have titles and refuse what they do not know', () => {
    for (const [name, schema] of Object.entries(optimizer.options.shape)) {
      expect((schema as { meta(): { title?: string } | undefined }).meta()?.title, name).toBeTruthy();
    }
    expect(optimizer.options.safeParse({ lr: 1 }).success).toBe(false);
    if ('weight_decay' in optimizer.options.shape)
      expect(optimizer.options.safeParse({ weight_decay: -1 }).success).toBe(false);
  });
});

/** ½|p|², whose gradient is p. */
function bowl(p: ArrayLike<number>): number {
  return Array.from(p).reduce((sum, x) => sum + x * x, 0) / 2;
}

describe.each(cases)('$name', ({ optimizer, options }) => {
  test('gives a successor to every slot', () => {
    const run = runOptimizer(optimizer, { lr: 0.1, options, start: [1, 2] });
    const before = Object.keys(run.state());
    run.step([0.5, -0.5]);
    expect(Object.keys(run.state())).toEqual(before);
    for (const values of Object.values(run.state()))
      for (const value of values) expect(Number.isFinite(value)).toBe(true);
  });

  test('goes down a bowl', () => {
    const run = runOptimizer(optimizer, { lr: 0.05, options, start: [1, -2, 0.5] });
    let p: ArrayLike<number> = [1, -2, 0.5];
    for (let step = 0; step < 200; step++) p = run.step(Array.from(p), bowl(p));
    for (const [i, start] of [1, -2, 0.5].entries()) expect(Math.abs(p[i] as number)).toBeLessThan(Math.abs(start));
  });

  test('its moments fade to 0, not into denormals', () => {
    const plain = 'weight_decay' in optimizer.options.shape ? { ...options, weight_decay: 0 } : options;
    const run = runOptimizer(optimizer, { lr: 0.001, options: plain, start: [1, 1, 0] });
    run.step([1, 1e-12, 1e-20]);
    for (let step = 0; step < 2000; step++) {
      run.step([0, 0, 0]);
      for (const [name, values] of Object.entries(run.state())) {
        for (const value of values) expect(value === 0 || Math.abs(value) >= 1e-30, `${name} = ${value}`).toBe(true);
      }
    }
  });

  test('float32 stays near float64 over a thousand steps', () => {
    const given = { lr: 0.01, options, start: [1, -1, 0.25] };
    const [single, double] = [
      runOptimizer(optimizer, given),
      runOptimizer(optimizer, { ...given, precision: 'float64' }),
    ];
    let [a, b]: [ArrayLike<number>, ArrayLike<number>] = [given.start, given.start];
    for (let step = 0; step < 1000; step++) {
      const push = [0, 1, 2].map((i) => ((step * 7 + i * 3) % 11) / 11 - 0.5);
      // Who compares losses gets one function's.
      const gradient = (p: ArrayLike<number>) => (optimizer.fullBatch ? Array.from(p) : push);
      [a, b] = [single.step(gradient(a), bowl(a)), double.step(gradient(b), bowl(b))];
      if (step % 100 === 99) for (let i = 0; i < 3; i++) expect(a[i]).toBeCloseTo(b[i] as number, 3);
    }
  });
});

test('bias corrections of adam are 1 − βᵗ, early and late', () => {
  const run = runOptimizer(optimizers.get('adam')!, { lr: 0.001, options: {}, start: [0] });
  for (let step = 1; step <= 20_000; step++) {
    run.step([1]);
    if (![1, 10, 1000, 20_000].includes(step)) continue;
    for (const [name, beta] of [
      ['correction1', 0.9],
      ['correction2', 0.999],
    ] as const) {
      const exact = 1 - beta ** step;
      expect(Math.abs((run.state()[name]?.[0] as number) - exact) / exact, `${name} at ${step}`).toBeLessThan(4e-5);
    }
  }
});
