// Learning rate as a function of the epoch (and of the iteration, for warm-up); names as torch.optim.lr_scheduler.
import type { ScheduleChoice } from '../graph/schema.ts';
import { cosine, power } from '../tensor/elementary.ts';

/** Factor on the base rate. `epochs`: the whole run, for schedules that need to know its length. */
export function scheduleFactor(
  schedule: ScheduleChoice,
  at: { readonly epoch: number; readonly iteration: number; readonly epochs: number; readonly lr: number },
): number {
  const warm =
    schedule.warmup !== undefined && at.iteration < schedule.warmup ? (at.iteration + 1) / schedule.warmup : 1;
  return warm * shape(schedule, at);
}

function shape(
  schedule: ScheduleChoice,
  { epoch, epochs, lr }: { readonly epoch: number; readonly epochs: number; readonly lr: number },
): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return power(schedule.gamma, Math.floor(epoch / schedule.step_size));
    case 'exponential':
      return power(schedule.gamma, epoch);
    case 'inverse':
      return 1 / (1 + schedule.decay * epoch);
    case 'cosine': {
      const low = lr > 0 ? schedule.eta_min / lr : 0;
      return low + (1 - low) * 0.5 * (1 + cosine((Math.PI * Math.min(epoch, epochs)) / epochs));
    }
  }
}
