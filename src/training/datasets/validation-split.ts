// A validation split for data sets that come without one: a seeded fraction of the training examples, disjoint from the rest.
import { streamKey } from '../../tensor/random.ts';
import { shuffle } from '../batches.ts';
import type { Dataset, Split } from './dataset.ts';

/** The data set with `fraction` of its training examples held out; as it is when it brings validation data of its own. */
export function withValidation(dataset: Dataset, fraction: number, seed: number): Dataset {
  const { train, validation } = dataset.splits;
  if (validation.count > 0 || train.endless || train.count < 2 || !(fraction > 0)) return dataset;
  const held = splitIndices(train.count, fraction, seed);
  return {
    ...dataset,
    splits: { ...dataset.splits, train: subset(train, held.train), validation: subset(train, held.validation) },
  };
}

/** Which of `count` examples train and which validate, each in rising order; both hold at least one example. */
export function splitIndices(
  count: number,
  fraction: number,
  seed: number,
): { readonly train: Int32Array; readonly validation: Int32Array } {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  shuffle(order, streamKey(seed, 'validation'));
  const held = Math.min(count - 1, Math.max(1, Math.round(count * fraction)));
  return { validation: order.slice(0, held).sort(), train: order.slice(held).sort() };
}

function subset(split: Split, chosen: Int32Array): Split {
  let mapped = new Int32Array(0);
  return {
    count: chosen.length,
    endless: false,
    fill(field, indices, from, count, out) {
      if (mapped.length < count) mapped = new Int32Array(count);
      for (let i = 0; i < count; i++) mapped[i] = chosen[indices[from + i] as number] as number;
      split.fill(field, mapped, 0, count, out);
    },
  };
}
