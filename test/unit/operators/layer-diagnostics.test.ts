// What layers say when shapes do not fit: the numbers, the arithmetic, and fixes that mend it.
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/tensor/shape.ts';
import { inferOperator, runOperator } from '../../support/operator-harness.ts';
import { operatorFiles } from '../../support/operator-records.ts';

type Attributes = Readonly<Record<string, unknown>>;

const records = new Map(operatorFiles().map(({ id, operator }) => [id, operator]));
const image = (x: Shape) => ({ x });

function infer(
  id: string,
  attributes: Attributes,
  shapes: Readonly<Record<string, Shape>>,
  mode: 'train' | 'eval' = 'eval',
) {
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { dtype: id === 'embedding' ? ('int32' as const) : ('float32' as const), shape },
    ]),
  );
  return inferOperator(records.get(id)!, { attributes, mode, inputs });
}

const wrong: [string, string, Attributes, Readonly<Record<string, Shape>>, string, string][] = [
  [
    'channels',
    'conv2d',
    { in_channels: 3 },
    image([2, 1, 8, 8]),
    'E_CHANNELS',
    'expects 3 channels, gets 1 from `x_source`',
  ],
  [
    'input groups',
    'conv2d',
    { groups: 2 },
    image([1, 3, 8, 8]),
    'E_GROUPS',
    '3 input channels do not divide into 2 groups: 3 / 2 = 1 rest 1',
  ],
  [
    'output groups',
    'conv2d',
    { groups: 3, out_channels: 4 },
    image([1, 3, 8, 8]),
    'E_GROUPS',
    '4 output channels do not divide into 3 groups: 4 / 3 = 1 rest 1',
  ],
  [
    'same with stride',
    'conv2d',
    { padding: 'same', stride: 2 },
    image([1, 1, 8, 8]),
    'E_PADDING',
    'padding "same" needs stride 1, stride is 2, 2',
  ],
  [
    'kernel too large',
    'conv2d',
    { kernel_size: 5 },
    image([1, 1, 4, 9]),
    'E_EMPTY',
    'kernel height 5 does not fit the input height 4: the output would be empty',
  ],
  [
    'dilated kernel too large',
    'conv2d',
    { kernel_size: [1, 3], dilation: 3, padding: [0, 1] },
    image([1, 1, 4, 4]),
    'E_EMPTY',
    'kernel width 3 (spanning 3·(3 − 1) + 1 = 7) does not fit the input width 4 + 1 + 1 = 6: the output would be empty',
  ],
  [
    'pool too large',
    'max_pool2d',
    { kernel_size: 2 },
    image([1, 1, 1, 4]),
    'E_EMPTY',
    'kernel height 2 does not fit the input height 1: the output would be empty',
  ],
  [
    'mean pool too large',
    'avg_pool2d',
    { kernel_size: 3 },
    image([1, 1, 4, 2]),
    'E_EMPTY',
    'kernel width 3 does not fit the input width 2: the output would be empty',
  ],
  [
    'a window of padding',
    'max_pool2d',
    { kernel_size: 2, padding: 2 },
    image([1, 1, 4, 4]),
    'E_PADDING',
    'output row 0 would see padding alone (padding 2, 2, 2, 2; kernel 2×2)',
  ],
  [
    'more pieces than outputs may have names',
    'split',
    { split_size: 1 },
    { x: [500_000_000] },
    'E_SPLIT',
    'dimension 0 of 500000000 from `x_source` would fall into 500000000 pieces, 1024 are allowed',
  ],
  [
    'more slices than a recurrence has steps',
    'unbind',
    { dim: 1 },
    { x: [2, 10_001] },
    'E_SPLIT',
    'dimension 1 of 2×10001 from `x_source` would fall into 10001 slices, 10000 are allowed',
  ],
  [
    'a sequence that is too long to be unrolled',
    'lstm',
    { num_layers: 2, bidirectional: true },
    { x: [2501, 1, 3] },
    'E_STEPS',
    'would take 2501 time steps through each of 4 layers and directions, 10000 in all are allowed',
  ],
  [
    'no spread in a batch of one',
    'batch_norm',
    {},
    image([1, 4]),
    'E_BATCH',
    'needs more than one value per channel in training, gets 1 = 1 from `x_source`',
  ],
  [
    'mask',
    'dropout',
    {},
    { x: [2, 3], mask: [3, 3] },
    'E_MASK',
    'expects a mask that broadcasts to 2×3, gets 3×3 from `mask_source`',
  ],
  [
    'padding row',
    'embedding',
    { num_embeddings: 4, padding_idx: 4 },
    { x: [2] },
    'E_RANGE',
    'row 4 is outside the table: rows run from 0 to 3',
  ],
  [
    'features',
    'lstm_cell',
    { input_size: 5 },
    { x: [2, 4] },
    'E_FEATURES',
    'expects 5 features, gets 4 from `x_source`',
  ],
  [
    'state',
    'lstm_cell',
    { hidden_size: 8 },
    { x: [2, 4], c: [2, 6] },
    'E_STATE',
    'expects a state of 2×8 (batch × hidden_size), gets 2×6 from `c_source`',
  ],
];

describe('a diagnostic with the numbers for', () => {
  test.each(wrong)('%s', (_, id, attributes, shapes, code, message) => {
    const { inferred, diagnostics } = infer(id, attributes, shapes, 'train');
    expect(inferred).toBeNull();
    expect(diagnostics.map((d) => ({ code: d.code, message: d.message }))).toEqual([{ code, message }]);
  });

  /** No attribute of the node mends these. */
  const unmended = [
    'a window of padding',
    'more pieces than outputs may have names',
    'more slices than a recurrence has steps',
    'a sequence that is too long to be unrolled',
    'no spread in a batch of one',
    'mask',
  ];
  const mendable = wrong.filter(([name]) => !unmended.includes(name));
  test.each(mendable)('%s, and a fix that mends it', (_, id, attributes, shapes) => {
    const fix = infer(id, attributes, shapes, 'train').diagnostics[0]?.fixes?.[0];
    const mended: Record<string, unknown> = { ...attributes };
    if (fix?.kind === 'unset_attribute') delete mended[fix.attribute];
    else if (fix?.kind === 'set_attribute') mended[fix.attribute] = fix.value;
    else expect.fail('no fix');
    expect(infer(id, mended, shapes, 'train').diagnostics).toEqual([]);
  });
});

// Sizes computed by PyTorch's documented formulas, by hand.
const sizes: [string, Attributes, Shape, Shape][] = [
  ['conv2d', { out_channels: 6, kernel_size: 5, padding: 2 }, [32, 1, 28, 28], [32, 6, 28, 28]],
  ['conv2d', { out_channels: 64, kernel_size: 7, stride: 2, padding: 3 }, [1, 3, 224, 224], [1, 64, 112, 112]],
  ['conv2d', { out_channels: 2, kernel_size: [2, 4], padding: 'same', dilation: [3, 1] }, [1, 1, 9, 7], [1, 2, 9, 7]],
  ['conv2d', { out_channels: 2, padding: [0, 1, 2, 3] }, [1, 1, 5, 5], [1, 2, 5, 7]],
  ['max_pool2d', { kernel_size: 3, stride: 2, ceil_mode: true }, [1, 1, 6, 7], [1, 1, 3, 3]],
  ['max_pool2d', { kernel_size: 3, stride: 2 }, [1, 1, 6, 7], [1, 1, 2, 3]],
  // The last window would start in the padding on the right, and is dropped.
  ['max_pool2d', { kernel_size: 2, stride: 2, padding: 1, ceil_mode: true }, [1, 1, 3, 4], [1, 1, 2, 3]],
  ['avg_pool2d', {}, [2, 3, 5, 5], [2, 3, 2, 2]],
];

test.each(sizes)('%s %j of %j is %j', (id, attributes, x, y) => {
  expect(infer(id, attributes, { x }).inferred?.outputs['y']).toEqual({ dtype: 'float32', shape: y });
});

test('one number for both axes means the same as two', () => {
  const whole = infer('conv2d', { kernel_size: 3, stride: 2, padding: 1, dilation: 2 }, { x: [1, 1, 9, 9] }).inferred;
  const pairs = { kernel_size: [3, 3], stride: [2, 2], padding: [1, 1], dilation: [2, 2] };
  expect(infer('conv2d', pairs, { x: [1, 1, 9, 9] }).inferred).toEqual(whole);
});

test('batch norm keeps its digits in float32 where the mean dwarfs the spread', () => {
  const x = Float32Array.from({ length: 64 }, (_, i) => 10_000 + ((i * 37) % 64) / 64);
  const ones = { dtype: 'float32' as const, shape: [1], data: [1] };
  const zeros = { dtype: 'float32' as const, shape: [1], data: [0] };
  const run = (precision: 'float32' | 'float64') =>
    runOperator(records.get('batch_norm')!, {
      mode: 'train',
      precision,
      inputs: { x: { dtype: 'float32', shape: [64, 1], data: x }, weight: ones, bias: zeros },
      state: { running_mean: zeros, running_var: ones },
    });
  const [single, double] = [run('float32'), run('float64')];
  const variance = (result: typeof single) => result.nextState['running_var']!.data[0] as number;
  expect(variance(single)).toBeCloseTo(variance(double), 6);
  for (let i = 0; i < 64; i++) {
    // The mean itself is rounded to 1e-3/2; nothing else may be lost.
    expect(single.outputs['y']!.data[i]).toBeCloseTo(double.outputs['y']!.data[i] as number, 2);
  }
});

test('an embedding of a number outside the table reads NaN and trains nothing', () => {
  const { outputs, gradients } = runOperator(records.get('embedding')!, {
    attributes: { num_embeddings: 2, embedding_dim: 2 },
    inputs: {
      x: { dtype: 'int32', shape: [3], data: [1, 2, -1] },
      weight: { dtype: 'float32', shape: [2, 2], data: [1, 2, 3, 4] },
    },
    cotangents: { y: [1, 1, 5, 5, 7, 7] },
  });
  expect([...(outputs['y']!.data as Float64Array)]).toEqual([3, 4, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  expect([...(gradients['weight']!.data as Float64Array)]).toEqual([0, 0, 1, 1]);
});

test('dropout draws about as many zeros as it says, scales the rest, and hands the same mask to the gradient', () => {
  const x = { dtype: 'float32' as const, shape: [4000], data: new Float32Array(4000).fill(1) };
  const { outputs, gradients } = runOperator(records.get('dropout')!, {
    attributes: { p: 0.2 },
    mode: 'train',
    inputs: { x },
    cotangents: { y: x.data },
  });
  const y = [...(outputs['y']!.data as Float64Array)];
  expect(new Set(y.map((value) => Math.round(value * 1e6)))).toEqual(new Set([0, 1_250_000]));
  const zeros = y.filter((value) => value === 0).length / y.length;
  expect(Math.abs(zeros - 0.2)).toBeLessThan(0.03);
  expect(gradients['x']!.data).toEqual(outputs['y']!.data);
});
