// The contract of a schedule: the learning rate as a pure function of the step, the length of the run and what was measured
// so far, so that any moment of a run can be replayed. Names and formulas are those of torch.optim.lr_scheduler.
import type { z } from 'zod';

/** A moment of a run. Steps are epochs or iterations, as the option `interval` says. */
export interface ScheduleMoment<Options> {
  /** Steps done. */
  readonly step: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** The rate of the set-up, which the schedule bends. */
  readonly base: number;
  /** Validation loss at the end of each epoch done; undefined where nobody measured. Empty unless `followsValidation`. */
  readonly measured: readonly (number | undefined)[];
  readonly options: Options;
}

export interface ScheduleDefinition<S extends z.ZodObject> {
  /** `training.schedule.kind` in the graph file. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** LaTeX. */
  readonly formula: string;
  readonly source: string;
  readonly options: S;
  /** Needs the validation loss of every epoch. */
  readonly followsValidation?: true;
  rate(moment: ScheduleMoment<z.output<S>>): number;
}

export type Schedule = ScheduleDefinition<z.ZodObject>;

/** Gives `rate` the types of its own options; what comes out is the same record. */
export function defineSchedule<S extends z.ZodObject>(definition: ScheduleDefinition<S>): Schedule {
  return definition as unknown as Schedule;
}
