// The schedule of a run: its record with the options read, and the warm-up in front. What it needs to know of the past (the
// validation losses) is handed in, so that any iteration can be asked for, in any order.
import type { ScheduleChoice } from '../graph/schema.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import type { Schedule } from './schedules/define-schedule.ts';
import { schedules } from './schedules/registry.generated.ts';

export interface RunLength {
  readonly epochs: number;
  readonly iterationsPerEpoch: number;
}

export interface RunSchedule {
  /** Wants the validation loss of every epoch. */
  readonly followsValidation: boolean;
  /** Learning rate of an iteration; `measured`: validation loss of each epoch done. Allocates nothing. */
  rateAt(iteration: number, measured: readonly (number | undefined)[]): number;
}

function recordOf(kind: string): Schedule | undefined {
  return Object.hasOwn(schedules, kind) ? schedules[kind as keyof typeof schedules] : undefined;
}

/** What is wrong with a set-up's schedule; a graph that was read has nothing. */
export function scheduleFaults(choice: ScheduleChoice): readonly Diagnostic[] {
  const { kind, ...options } = choice;
  const record = recordOf(kind);
  if (!record) {
    const message = `there is no schedule \`${kind}\`, only ${Object.keys(schedules).join(', ')}`;
    return [error('E_SCHEDULE', message, { json: '/training/schedule/kind' })];
  }
  const parsed = record.options.safeParse(options);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) =>
    error('E_SCHEDULE', `schedule ${kind}: ${issue.path.join('.')} ${issue.message}`, {
      json: `/training/schedule/${issue.path.join('/')}`,
    }),
  );
}

/**
 * Below this a rate moves no weight by as much as float32 can tell, and times a gradient it gives denormal numbers, on which
 * arithmetic takes a hundred times as long: it counts as 0.
 */
const leastRate = 1e-20;

/** `base` is the rate of the set-up. A choice with faults keeps that rate. */
export function createSchedule(choice: ScheduleChoice, base: number, length: RunLength): RunSchedule {
  const { kind, ...given } = choice;
  const faulty = scheduleFaults(choice).length > 0;
  const record = (faulty ? undefined : recordOf(kind)) ?? (schedules.constant as Schedule);
  const options = record.options.parse(faulty ? {} : given) as Readonly<Record<string, unknown>>;
  const warmup = options['warmup'] as number;
  const first = (options['warmup_factor'] as number | undefined) ?? null;
  const byIteration = options['interval'] === 'iteration';
  const steps = length.epochs * (byIteration ? length.iterationsPerEpoch : 1);
  const moment = { step: 0, steps: Math.max(1, steps), base, measured: [] as readonly (number | undefined)[], options };
  const followsValidation = record.followsValidation === true;
  // A number that comes out of a call is a new object of the engine's: within a step the last one is given again.
  let known = -1;
  let rate = base;
  return {
    followsValidation,
    rateAt(iteration, measured) {
      const step = byIteration ? iteration : Math.floor(iteration / length.iterationsPerEpoch);
      if (step !== known || followsValidation) {
        moment.step = step;
        moment.measured = measured;
        rate = record.rate(moment);
        known = step;
      }
      if (Math.abs(rate) < leastRate) return 0;
      if (iteration >= warmup) return rate;
      return rate * (first === null ? (iteration + 1) / warmup : first + ((1 - first) * iteration) / warmup);
    },
  };
}
