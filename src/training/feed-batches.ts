// Writes batches of a split into the feeds of a bound plan, by the binding of the training set-up. Allocates nothing per batch.
import type { BoundPlan, View } from '../runtime/workspace.ts';
import type { BatchReader } from './batches.ts';

/** Name of the fed value: an input node `image` feeds `image.y`, anything else is a value name already. */
export function feedName(target: string): string {
  return target.includes('.') ? target : `${target}.y`;
}

export interface Feeder {
  /** Fills the feeds with batch `position` of `epoch`; answers the number of examples. */
  fill(epoch: number, position: number): number;
}

/** `bind`: feed → field. Feeds that the plan does not have (a target in a plan without loss) are left out. */
export function createFeeder(bound: BoundPlan, reader: BatchReader, bind: Readonly<Record<string, string>>): Feeder {
  const arrays: Record<string, View> = {};
  const copies: { readonly from: View; readonly to: View }[] = [];
  for (const [target, field] of Object.entries(bind)) {
    const index = bound.find(feedName(target));
    if (index === undefined || bound.plan.values[index]?.kind !== 'feed') continue;
    const view = bound.view(index);
    const first = arrays[field];
    if (first) copies.push({ from: first, to: view });
    else arrays[field] = view;
  }
  return {
    fill(epoch, position) {
      const count = reader.fill(epoch, position, arrays);
      for (let i = 0; i < copies.length; i++) {
        const copy = copies[i] as { from: View; to: View };
        copy.to.set(copy.from);
      }
      return count;
    },
  };
}
