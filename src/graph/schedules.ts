// Lookups in the schedules that a training set-up may name: pure data, made from their records.
import { type ScheduleEntry, scheduleCatalogue } from './schedules.generated.ts';

/** The schedule called `id`, or undefined; safe for any text a file may hold. */
export function findSchedule(id: string): ScheduleEntry | undefined {
  return Object.hasOwn(scheduleCatalogue, id)
    ? (scheduleCatalogue as Readonly<Record<string, ScheduleEntry>>)[id]
    : undefined;
}

/** Every schedule, by id. */
export function allSchedules(): readonly ScheduleEntry[] {
  return Object.values(scheduleCatalogue);
}
