// Batches of a split as a pure function of (seed, epoch, position), so that a run can be paused, resumed and replayed from
// anywhere. Nothing is allocated after creation. What a batch becomes is the loop's business.
import { randomBits, streamKey } from '../tensor/random.ts';
import type { Split } from './datasets/dataset.ts';

/** Fisher–Yates in place: every order is as likely as any other, and the key fixes which. */
export function shuffle(order: Int32Array, key: number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor((randomBits(key, last) >>> 0) * 2 ** -32 * (last + 1));
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
}

/** The order of examples in each epoch. */
export interface EpochOrder {
  /** Valid until the next call. The same epoch always has the same order. */
  of(epoch: number): Int32Array;
}

/** Orders of `count` examples; unshuffled they come as they stand. */
export function createEpochOrder(seed: number, count: number, shuffled = true): EpochOrder {
  const order = new Int32Array(count);
  const base = streamKey(seed, 'shuffle');
  let current = -1;
  return {
    of(epoch) {
      if (epoch === current) return order;
      for (let i = 0; i < count; i++) order[i] = i;
      if (shuffled) shuffle(order, randomBits(base, epoch));
      current = epoch;
      return order;
    },
  };
}

/** Arrays to fill, by field name. */
export type BatchArrays = Readonly<Record<string, Float32Array | Int32Array>>;

export interface BatchReader {
  /** Batches an epoch. */
  readonly batchCount: number;
  /** Examples in batch `position`: fewer than the batch size only in the last, and only when remainders are kept. */
  sizeOf(position: number): number;
  /** Writes batch `position` of `epoch` into arrays that hold at least a whole batch; returns the number of examples. */
  fill(epoch: number, position: number, out: BatchArrays): number;
}

export interface BatchOptions {
  readonly batch: number;
  readonly seed: number;
  /** Training shuffles; an endless split goes on to new examples with every epoch instead. */
  readonly shuffle: boolean;
  /** Evaluation keeps the last partial batch, training drops it. */
  readonly remainder: 'drop' | 'keep';
}

/** Reads batches of a split: which examples stand in one hangs on seed, epoch and position alone. */
export function createBatches(split: Split, { batch, seed, shuffle: shuffled, remainder }: BatchOptions): BatchReader {
  const { count, endless } = split;
  const whole = Math.floor(count / batch);
  const batchCount = remainder === 'keep' ? Math.ceil(count / batch) : whole;
  const sizeOf = (position: number) => Math.min(batch, count - position * batch);
  const epochs = createEpochOrder(seed, count, shuffled && !endless);
  const fresh = new Int32Array(endless ? batch : 0);
  // Example numbers stay below 2^31: after that many an endless split begins again.
  const epochsUntilRepeat = Math.floor(2 ** 31 / Math.max(1, count));
  return {
    batchCount,
    sizeOf,
    fill(epoch, position, out) {
      const size = sizeOf(position);
      const first = position * batch;
      if (endless) {
        const start = (shuffled ? (epoch % epochsUntilRepeat) * count : 0) + first;
        for (let i = 0; i < size; i++) fresh[i] = start + i;
      }
      for (const field in out) {
        const array = out[field] as Float32Array | Int32Array;
        if (endless) split.fill(field, fresh, 0, size, array);
        else split.fill(field, epochs.of(epoch), first, size, array);
      }
      return size;
    },
  };
}
