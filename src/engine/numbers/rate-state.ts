// What of a run's learning rates its graph does not say: the rate as it was edited, and the validation losses that a schedule
// follows. It travels wherever the numbers do.
import { type RateEdit, rateEditAt } from '../../debugger/timeline/forks.ts';
import type { Timeline } from '../../debugger/timeline/timeline.ts';
import type { SessionSettings } from '../../formats/session/session-file.ts';
import type { Debug } from '../project.ts';

export type RateState = Pick<SessionSettings, 'rate' | 'factor' | 'measured'>;

/** From an iteration of the open branch on. `rate` is that of the edit. */
export function rateStateOf({ forks }: Timeline, iteration: number, iterationsPerEpoch?: number): RateState {
  const { current } = forks;
  const edit = rateEditAt(current, iteration);
  const epochs = iterationsPerEpoch === undefined ? undefined : Math.floor(iteration / iterationsPerEpoch);
  const losses = Array.from(current.measured.slice(0, epochs), (loss) => loss ?? null);
  const measured = losses.map((loss) => (loss === null || Number.isFinite(loss) ? loss : ('NaN' as const)));
  const { rate = 0, factor = null } = edit ?? {};
  const times = factor !== null && Number.isFinite(factor) ? factor : null;
  return { ...(edit ? { rate, factor: times } : {}), ...(measured.length === 0 ? {} : { measured }) };
}

/** Before anything is done in the iteration that a machine stands at the start of, with its numbers. */
export function restoreMeasured({ stepper }: Debug, { forks }: Timeline, { measured = [] }: RateState): void {
  const own = forks.current.measured;
  // What was measured while the plans were made was measured with other numbers.
  if (own.length === 0 && measured.length === 0) return;
  own.splice(0, Number.POSITIVE_INFINITY, ...measured.map((loss) => (loss === null ? undefined : Number(loss))));
  stepper.reset(stepper.iteration);
}

/** The edit that makes the rates what they were; null where the schedule does. */
export function rateEdit({ bound, stepper }: Debug, { rate, factor }: RateState): RateEdit | null {
  const scheduled = bound.find('lr') === undefined ? undefined : (bound.read('lr')[0] as number);
  if (rate === undefined || scheduled === undefined || (factor === undefined && scheduled === rate)) return null;
  const times = scheduled === 0 ? null : rate / scheduled;
  const at = { iteration: stepper.iteration, step: 0 };
  return { kind: 'rate', at, rate, factor: factor === undefined ? times : factor };
}

/** The same where only the edit itself is known, not what it came to in this iteration. */
export function resumeRateState(debug: Debug, timeline: Timeline, rateState: RateState): void {
  restoreMeasured(debug, timeline, rateState);
  const { rate, factor = null } = rateState;
  if (rate === undefined || debug.bound.find('lr') === undefined) return;
  const scheduled = debug.bound.read('lr')[0] as number;
  const edit = rateEdit(debug, { rate: factor === null ? rate : scheduled * factor, factor });
  if (edit) timeline.reedit(debug.stepper, [edit]);
}

/** What `JSON.stringify` made of one; of anything else nothing. */
export function readRateState(text: string | undefined): RateState {
  let raw: unknown;
  try {
    raw = JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
  const given: Readonly<Record<string, unknown>> = typeof raw === 'object' && raw !== null ? { ...raw } : {};
  const { rate, factor, measured } = given as Record<'rate' | 'factor' | 'measured', unknown>;
  const isLoss = (loss: unknown) => loss === null || loss === 'NaN' || typeof loss === 'number';
  return {
    ...(typeof rate === 'number' && rate >= 0 ? { rate, factor: typeof factor === 'number' ? factor : null } : {}),
    ...(Array.isArray(measured) && measured.every(isLoss) ? { measured } : {}),
  };
}
