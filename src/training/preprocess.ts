// Preprocessing as records: fitted once on training examples, then applied in place to each batch. Statistics come from the
// training split alone, whichever split they are applied to, as they must.
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { numel } from '../tensor/shape.ts';
import type { DataField, Dataset, Split } from './datasets/dataset.ts';

/** x ← (x − mean) · scale, both as long as an example. */
export interface Standardizer {
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

export interface Preprocessor {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** From the mean and variance of each element of an example. The first dimension of `shape` is the channel. */
  fit(mean: Float64Array, variance: Float64Array, shape: readonly number[]): Standardizer;
}

/** Constant channels are left as they are. */
const smallestDeviation = 1e-6;

const meanImage: Preprocessor = {
  id: 'mean_image',
  title: 'Subtract the mean image',
  summary: 'Each pixel loses its mean over the training examples (AlexNet).',
  fit: (mean) => ({ mean: Float32Array.from(mean), scale: new Float32Array(mean.length).fill(1) }),
};

const channelMean: Preprocessor = {
  id: 'channel_mean',
  title: 'Subtract the mean of each channel',
  summary: 'Each channel loses its mean over all pixels of the training examples (VGG).',
  fit: (mean, variance, shape) => ({
    mean: channelStatistics(mean, variance, shape).mean,
    scale: new Float32Array(mean.length).fill(1),
  }),
};

const channelStandardize: Preprocessor = {
  id: 'channel_standardize',
  title: 'Standardise each channel',
  summary: 'Each channel gets mean 0 and deviation 1 over all pixels of the training examples (ResNet).',
  fit(mean, variance, shape) {
    const statistics = channelStatistics(mean, variance, shape);
    const scale = statistics.deviation.map((deviation) => (deviation > smallestDeviation ? 1 / deviation : 1));
    return { mean: statistics.mean, scale };
  },
};

export const preprocessors: readonly Preprocessor[] = [meanImage, channelMean, channelStandardize];

/** Mean and deviation of each channel, spread over the elements of an example. */
function channelStatistics(
  mean: Float64Array,
  variance: Float64Array,
  shape: readonly number[],
): { readonly mean: Float32Array; readonly deviation: Float32Array } {
  const channels = shape[0] ?? 1;
  const size = mean.length / channels;
  const result = { mean: new Float32Array(mean.length), deviation: new Float32Array(mean.length) };
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let i = c * size; i < (c + 1) * size; i++) sum += mean[i] as number;
    const channelMean = sum / size;
    // Variance of the whole = mean of the variances + variance of the means.
    let spread = 0;
    for (let i = c * size; i < (c + 1) * size; i++) {
      const offset = (mean[i] as number) - channelMean;
      spread += (variance[i] as number) + offset * offset;
    }
    result.mean.fill(channelMean, c * size, (c + 1) * size);
    result.deviation.fill(Math.sqrt(spread / size), c * size, (c + 1) * size);
  }
  return result;
}

/** Fits on the first examples of the training split, at most `limit` of them. */
export function fitPreprocessor(
  preprocessor: Preprocessor,
  split: Split,
  name: string,
  field: DataField,
  limit = 10_000,
): Standardizer {
  const size = numel(field.shape);
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  const count = Math.min(limit, split.count);
  const batch = Math.min(64, count);
  const indices = new Int32Array(batch);
  const values = new Float32Array(batch * size);
  // Welford's running mean: no cancellation however many examples.
  for (let seen = 0; seen < count; ) {
    const n = Math.min(batch, count - seen);
    for (let i = 0; i < n; i++) indices[i] = seen + i;
    split.fill(name, indices, 0, n, values);
    for (let i = 0; i < n; i++) {
      seen++;
      for (let k = 0; k < size; k++) {
        const value = values[i * size + k] as number;
        const before = value - (mean[k] as number);
        mean[k] = (mean[k] as number) + before / seen;
        squares[k] = (squares[k] as number) + before * (value - (mean[k] as number));
      }
    }
  }
  return preprocessor.fit(
    mean,
    squares.map((sum) => (count > 0 ? sum / count : 0)),
    field.shape,
  );
}

/** Applies in place to the first `count` examples of `values`. */
export function applyStandardizer(
  { mean, scale }: Standardizer,
  values: Float32Array | Int32Array,
  count: number,
): void {
  const size = mean.length;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < size; k++) {
      const at = i * size + k;
      values[at] = ((values[at] as number) - (mean[k] as number)) * (scale[k] as number);
    }
  }
}

/**
 * The data set with its float input fields passed through the steps in order (`training.preprocess` of the graph file); each is
 * fitted on what the ones before it yield. A step of unknown kind is left out with E_PREPROCESS.
 */
export function withPreprocessing(
  dataset: Dataset,
  steps: readonly { readonly kind: string }[],
): { readonly dataset: Dataset; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  let result = dataset;
  for (const [place, { kind }] of steps.entries()) {
    const preprocessor = preprocessors.find((p) => p.id === kind);
    if (preprocessor === undefined) {
      const known = preprocessors.map((p) => p.id).join(', ');
      const json = `/training/data/preprocess/${place}/kind`;
      diagnostics.push(
        error('E_PREPROCESS', `there is no preprocessing called “${kind}”; known are ${known}`, { json }),
      );
      continue;
    }
    const { train, validation, test } = result.splits;
    const fitted = new Map<string, Standardizer>();
    for (const [name, field] of Object.entries(result.fields)) {
      if (field.role === 'input' && field.dtype === 'float32') {
        fitted.set(name, fitPreprocessor(preprocessor, train, name, field));
      }
    }
    result = {
      ...result,
      splits: { train: applied(train, fitted), validation: applied(validation, fitted), test: applied(test, fitted) },
    };
  }
  return { dataset: result, diagnostics };
}

function applied(split: Split, fitted: ReadonlyMap<string, Standardizer>): Split {
  return {
    count: split.count,
    endless: split.endless,
    fill(field, indices, from, count, out) {
      split.fill(field, indices, from, count, out);
      const standardizer = fitted.get(field);
      if (standardizer !== undefined) applyStandardizer(standardizer, out, count);
    },
  };
}
