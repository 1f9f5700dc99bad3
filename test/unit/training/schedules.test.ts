// Schedules against torch.optim.lr_scheduler: its step-by-step definitions, worked through here; and what a run makes of them.
import { describe, expect, test } from 'vitest';
import { allSchedules } from '../../../src/graph/schedules.ts';
import type { ScheduleChoice } from '../../../src/graph/schema.ts';
import { createSchedule, scheduleFaults } from '../../../src/training/schedule.ts';
import { schedules } from '../../../src/training/schedules/registry.generated.ts';

/** The rates of `count` epochs of one iteration each. */
function rates(
  choice: ScheduleChoice,
  count: number,
  lr = 0.1,
  measured: readonly (number | undefined)[] = [],
): number[] {
  expect(scheduleFaults(choice)).toEqual([]);
  const schedule = createSchedule(choice, lr, { epochs: count, iterationsPerEpoch: 1 });
  return Array.from({ length: count }, (_, t) => schedule.rateAt(t, measured.slice(0, t)));
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [t, rate] of expected.entries())
    expect(Math.abs((actual[t] as number) - rate), `step ${t}: ${actual[t]} against ${rate}`).toBeLessThan(1e-12);
}

/** As torch.optim.lr_scheduler steps: each rate from the one before. */
function chain(count: number, first: number, next: (before: number, t: number) => number): number[] {
  const all = [first];
  for (let t = 1; t < count; t++) all.push(next(all[t - 1] as number, t));
  return all;
}

describe('rates', () => {
  test('step, multi_step and exponential multiply when their time has come', () => {
    const step = chain(12, 0.1, (lr, t) => (t % 4 === 0 ? lr * 0.5 : lr));
    expectNear(rates({ kind: 'step', step_size: 4, gamma: 0.5 }, 12), step);
    const milestones = [3, 3, 8];
    const multi = chain(12, 0.1, (lr, t) => lr * 0.3 ** milestones.filter((m) => m === t).length);
    expectNear(rates({ kind: 'multi_step', milestones, gamma: 0.3 }, 12), multi);
    expectNear(
      rates({ kind: 'exponential', gamma: 0.8 }, 12),
      chain(12, 0.1, (lr) => lr * 0.8),
    );
  });

  test('cosine follows the recurrence of CosineAnnealingLR, up again behind T', () => {
    const [T, low] = [5, 0.02];
    const expected = chain(14, 0.1, (lr, t) => {
      // At the turning point the recurrence divides 0 by 0: PyTorch begins the rise there anew.
      if ((t - 1 - T) % (2 * T) === 0) return lr + ((0.1 - low) * (1 - Math.cos(Math.PI / T))) / 2;
      return ((1 + Math.cos((Math.PI * t) / T)) / (1 + Math.cos((Math.PI * (t - 1)) / T))) * (lr - low) + low;
    });
    expectNear(rates({ kind: 'cosine', T_max: T, eta_min: low }, 14), expected);
    expectNear(rates({ kind: 'cosine' }, 8), rates({ kind: 'cosine', T_max: 8 }, 8));
  });

  test('cosine_restarts jumps back after T₀, T₀·mult, …', () => {
    const at = (since: number, cycle: number) => 0.01 + (0.09 * (1 + Math.cos((Math.PI * since) / cycle))) / 2;
    const expected = [...[0, 1].map((t) => at(t, 2)), ...[0, 1, 2, 3, 4, 5].map((t) => at(t, 6)), at(0, 18), at(1, 18)];
    expectNear(rates({ kind: 'cosine_restarts', T_0: 2, T_mult: 3, eta_min: 0.01 }, 10), expected);
    const even = rates({ kind: 'cosine_restarts', T_0: 4 }, 9);
    expect([even[4], even[8]]).toEqual([even[0], even[0]]);
  });

  test('linear follows the recurrence of LinearLR', () => {
    const [a, b, T] = [0.25, 0.75, 6];
    const expected = chain(9, 0.1 * a, (lr, t) => (t > T ? lr : lr * (1 + (b - a) / (T * a + (t - 1) * (b - a)))));
    expectNear(rates({ kind: 'linear', start_factor: a, end_factor: b, total_iters: T }, 9), expected);
  });

  test('polynomial follows the recurrence of PolynomialLR', () => {
    const [T, p] = [6, 1.5];
    const expected = chain(9, 0.1, (lr, t) => (t > T ? lr : lr * ((1 - t / T) / (1 - (t - 1) / T)) ** p));
    expectNear(rates({ kind: 'polynomial', total_iters: T, power: p }, 9), expected);
  });

  test('one_cycle passes through the ends that OneCycleLR names', () => {
    const given = {
      kind: 'one_cycle',
      pct_start: 0.25,
      div_factor: 10,
      final_div_factor: 100,
      anneal_strategy: 'linear',
    };
    const two = rates(given, 20, 1);
    expectNear([two[0], two[4], two[19]] as number[], [0.1, 1, 0.001]);
    expectNear([two[2], two[11]] as number[], [0.55, 1 + ((0.001 - 1) * 7) / 15]);
    const three = rates({ ...given, three_phase: true }, 20, 1);
    expectNear([three[0], three[4], three[8], three[19]] as number[], [0.1, 1, 0.1, 0.001]);
    const smooth = rates({ ...given, anneal_strategy: 'cos', max_lr: 2 }, 20, 1);
    expectNear([smooth[0], smooth[2], smooth[4], smooth[19]] as number[], [0.2, 1.1, 2, 0.002]);
    for (let t = 1; t < 20; t++)
      expect(Math.sign((smooth[t] as number) - (smooth[t - 1] as number))).toBe(t <= 4 ? 1 : -1);
  });

  test('plateau waits, falls, rests, and stops at the lowest rate', () => {
    const losses = [5, 4, 4, 4, 4, 3.9999, 4, 4, 4, 4, 4, 4, 2, 4];
    const given = { kind: 'plateau', factor: 0.1, patience: 2, cooldown: 1, min_lr: 0.0005 };
    // Best 4 at epoch 1; epochs 2, 3, 4 are bad: the third makes it fall. 3.9999 is no progress by a share of 1e-4.
    const own = rates(given, 15, 0.1, losses);
    expectNear(own.slice(0, 6), [0.1, 0.1, 0.1, 0.1, 0.1, 0.01]);
    expectNear(own, walkPlateau(losses, 15));
  });

  test('plateau passes over what nobody measured, and a rate does not depend on the order of asking', () => {
    const given = { kind: 'plateau', factor: 0.5, patience: 0 };
    const losses = [1, 2, undefined, 2, 0.5];
    const schedule = createSchedule(given, 1, { epochs: 9, iterationsPerEpoch: 3 });
    const asked = [12, 3, 6, 0, 9, 15].map((iteration) => schedule.rateAt(iteration, losses));
    expect(asked).toEqual([0.25, 1, 0.5, 1, 0.5, 0.25]);
  });
});

/** ReduceLROnPlateau worked through: patience 2, cooldown 1, factor 0.1, lowest 0.0005, progress of 1e-4 relative. */
function walkPlateau(losses: readonly number[], count: number): number[] {
  const state = { lr: 0.1, best: Number.POSITIVE_INFINITY, bad: 0, rest: 0 };
  return [state.lr].concat(
    losses.slice(0, count - 1).map((loss) => {
      if (loss < state.best * (1 - 1e-4)) {
        state.best = loss;
        state.bad = 0;
      } else state.bad += 1;
      if (state.rest > 0) {
        state.rest -= 1;
        state.bad = 0;
      }
      if (state.bad > 2) {
        state.lr = Math.max(state.lr * 0.1, 0.0005);
        state.rest = 1;
        state.bad = 0;
      }
      return state.lr;
    }),
  );
}

describe('warm-up and steps', () => {
  test('the rate rises in a line in front of any schedule, iteration by iteration', () => {
    for (const { id } of allSchedules()) {
      const length = { epochs: 4, iterationsPerEpoch: 10 };
      const [plain, warm, late] = [{}, { warmup: 4 }, { warmup: 5, warmup_factor: 0.2 }].map((more) =>
        createSchedule({ kind: id, ...more }, 0.1, length),
      );
      const ratio = (schedule: typeof plain, t: number) =>
        (schedule?.rateAt(t, []) as number) / (plain?.rateAt(t, []) as number);
      for (const [t, share] of [0.25, 0.5, 0.75, 1, 1].entries()) expect(ratio(warm, t), id).toBeCloseTo(share, 12);
      for (const [t, share] of [0.2, 0.36, 0.52, 0.68, 0.84, 1, 1].entries())
        expect(ratio(late, t), id).toBeCloseTo(share, 12);
    }
  });

  test('a step is an epoch, or an iteration', () => {
    const at = (interval: string) => {
      const schedule = createSchedule({ kind: 'exponential', gamma: 0.5, interval }, 1, {
        epochs: 2,
        iterationsPerEpoch: 3,
      });
      return [0, 1, 2, 3, 4].map((t) => schedule.rateAt(t, []));
    };
    expect(at('epoch')).toEqual([1, 1, 1, 0.5, 0.5]);
    expectNear(at('iteration'), [1, 0.5, 0.25, 0.125, 0.0625]);
    const whole = createSchedule({ kind: 'cosine', interval: 'iteration' }, 1, { epochs: 2, iterationsPerEpoch: 4 });
    expect(whole.rateAt(4, [])).toBeCloseTo(0.5, 12);
  });

  test('every record has titles, refuses what it does not know, and is in the catalogue', () => {
    expect(allSchedules().map(({ id }) => id)).toEqual(Object.keys(schedules));
    for (const [id, record] of Object.entries(schedules)) {
      for (const [name, schema] of Object.entries(record.options.shape))
        expect((schema as { meta(): { title?: string } | undefined }).meta()?.title, `${id}.${name}`).toBeTruthy();
      expect(scheduleFaults({ kind: id, wamrup: 1 }).map(({ code }) => code)).toEqual(['E_SCHEDULE']);
      expect(scheduleFaults({ kind: id, warmup: -1 }).map(({ at }) => at.json)).toEqual(['/training/schedule/warmup']);
    }
    expect(scheduleFaults({ kind: 'toString' }).map(({ code }) => code)).toEqual(['E_SCHEDULE']);
  });
});
