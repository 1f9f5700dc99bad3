// Operators without golden cases against figures of PyTorch, torchvision and ONNX, and against definitions written down anew.
import { describe, expect, test } from 'vitest';
import type { Operator } from '../../../src/operators/define-operator.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { numel, type Shape } from '../../../src/tensor/shape.ts';
import { compileGraph, graphOf } from '../../support/graphs.ts';
import { inferOperator, type Numbers, runOperator } from '../../support/operator-harness.ts';

type Named<T> = Readonly<Record<string, T>>;

function real(shape: Shape, data: ArrayLike<number>): Numbers {
  return { dtype: 'float32', shape, data };
}
function whole(shape: Shape, data: ArrayLike<number>): Numbers {
  return { dtype: 'int32', shape, data };
}
function drawn(shape: Shape, seed = 3): Numbers {
  const random = createRandom(seed, 'facts');
  return real(
    shape,
    Float64Array.from({ length: numel(shape) }, () => random.uniform() * 4 - 2),
  );
}

function outputs(operator: Operator, inputs: Named<Numbers>, attributes: Named<unknown> = {}): Named<Numbers> {
  return runOperator(operator, { attributes, inputs }).outputs;
}
function y(operator: Operator, inputs: Named<Numbers>, attributes: Named<unknown> = {}): number[] {
  return Array.from((outputs(operator, inputs, attributes)['y'] as Numbers).data);
}
function expectClose(actual: readonly number[], expected: readonly number[], digits = 6): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i], `[${i}]`).toBeCloseTo(value, digits);
}

describe('anchors', () => {
  test('one box of size 10 on a grid of 3×3, stride 5, as torchvision tests its generator', () => {
    const boxes = y(operators.anchors, { x: drawn([1, 1, 3, 3]) }, { sizes: [10], aspect_ratios: [1], stride: 5 });
    expect(boxes).toEqual(
      [
        [-5, -5, 5, 5],
        [0, -5, 10, 5],
        [5, -5, 15, 5],
        [-5, 0, 5, 10],
        [0, 0, 10, 10],
        [5, 0, 15, 10],
        [-5, 5, 5, 15],
        [0, 5, 10, 15],
        [5, 5, 15, 15],
      ].flat(),
    );
  });

  test('forms of size 32 as torchvision rounds them; ratios outside, sizes inside', () => {
    const attributes = { sizes: [32, 64], aspect_ratios: [0.5, 1, 2], stride: 16 };
    const boxes = y(operators.anchors, { x: drawn([2, 4, 1, 1]) }, attributes);
    const rows = Array.from({ length: 6 }, (_, i) => boxes.slice(4 * i, 4 * i + 4));
    expect(rows[0]).toEqual([-23, -11, 23, 11]);
    expect(rows[2]).toEqual([-16, -16, 16, 16]);
    expect(rows[3]).toEqual([-32, -32, 32, 32]);
    expect(rows[4]).toEqual([-11, -23, 11, 23]);
  });
});

describe('decoded boxes', () => {
  /** Deltas that lead from one box to another, by the paper. */
  function encode(box: readonly number[], goal: readonly number[], weights: readonly number[]): number[] {
    const parts = ([x1, y1, x2, y2]: readonly number[]) => {
      const [width, height] = [(x2 as number) - (x1 as number), (y2 as number) - (y1 as number)];
      return { width, height, x: (x1 as number) + width / 2, y: (y1 as number) + height / 2 };
    };
    const [from, to] = [parts(box), parts(goal)];
    const deltas = [
      (to.x - from.x) / from.width,
      (to.y - from.y) / from.height,
      Math.log(to.width / from.width),
      Math.log(to.height / from.height),
    ];
    return deltas.map((delta, i) => delta * (weights[i] as number));
  }
  const boxes = [
    [0, 0, 10, 20],
    [3, 4, 9, 5],
  ];
  const goals = [
    [2, -3, 30, 8],
    [3.5, 4.25, 4, 40],
  ];

  test('undo their encoding, for each class and with weights', () => {
    const weights = [10, 10, 5, 5];
    const deltas = boxes.flatMap((box, i) => [...encode(box, goals[i] as number[], weights), 0, 0, 0, 0]);
    const decoded = y(
      operators.box_decode,
      { x: real([2, 8], deltas), boxes: real([2, 4], boxes.flat()) },
      { weights },
    );
    // Deltas of 0 leave a box where it is.
    expectClose(
      decoded,
      boxes.flatMap((box, i) => [...(goals[i] as number[]), ...box]),
    );
  });

  test('grow no more than 1000/16 times', () => {
    const given = { x: real([1, 4], [0, 0, 50, Math.log(2)]), boxes: real([1, 4], [0, 0, 16, 10]) };
    expectClose(y(operators.box_decode, given), [8 - 500, -5, 8 + 500, 15], 4);
  });

  test('deltas and boxes that do not fit are told apart', () => {
    const fault = (x: Shape, own: Shape) =>
      inferOperator(operators.box_decode, {
        inputs: { x: { dtype: 'float32', shape: x }, boxes: { dtype: 'float32', shape: own } },
      }).diagnostics.map(({ code, at }) => `${code} ${at.port}`);
    expect(fault([3, 6], [3, 4])).toEqual(['E_BOXES x']);
    expect(fault([3, 8], [4, 4])).toEqual(['E_BOXES boxes']);
    expect(fault([2, 3, 8], [2, 3, 4])).toEqual([]);
  });
});

test('elastic net is the sum of both penalties with their own strengths', () => {
  const tensors = { x0: drawn([3, 2]), x1: drawn([4], 5) };
  const [l1] = y(operators.l1_penalty, tensors, { weight: 0.3 });
  const [l2] = y(operators.l2_penalty, tensors, { weight: 0.02 });
  expectClose(y(operators.elastic_net_penalty, tensors, { l1: 0.3, l2: 0.02 }), [(l1 as number) + (l2 as number)]);
  expectClose(y(operators.elastic_net_penalty, { x0: real([2], [-1, 2]) }, { l1: 0.5, l2: 0.25 }), [2.75]);
});

describe('windows', () => {
  const sizes = [
    { size: 7, kernel: 3, stride: 2, dilation: 1 },
    { size: 6, kernel: 2, stride: 1, dilation: 3 },
    { size: 5, kernel: 4, stride: 3, dilation: 1 },
    { size: 8, kernel: 2, stride: 4, dilation: 1 },
  ];

  /** Explicit padding for ⌈size/stride⌉ outputs, the odd one behind (ONNX SAME_UPPER). */
  function ends({ size, kernel, stride, dilation }: (typeof sizes)[number]): [number, number] {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  }

  test.each(sizes)('"same" pools $size by $kernel, stride $stride, dilation $dilation', (set) => {
    const { size, kernel: kernel_size, stride, dilation } = set;
    const [before, after] = ends(set);
    const line = { kernel_size, stride, dilation };
    for (const operator of [operators.max_pool1d, operators.avg_pool1d]) {
      const x = drawn([2, 3, size]);
      const same = outputs(operator, { x }, { ...line, padding: 'same' });
      expect(same['y']?.shape).toEqual([2, 3, Math.ceil(size / stride)]);
      expect(same).toEqual(outputs(operator, { x }, { ...line, padding: [before, after] }));
    }
    for (const operator of [operators.max_pool2d, operators.avg_pool2d]) {
      const x = drawn([1, 2, size, 4]);
      const plane = { kernel_size: [kernel_size, 2], stride: [stride, 1], dilation: [dilation, 1] };
      const same = outputs(operator, { x }, { ...plane, padding: 'same' });
      expect(same['y']?.shape).toEqual([1, 2, Math.ceil(size / stride), 4]);
      expect(same).toEqual(outputs(operator, { x }, { ...plane, padding: [before, 0, after, 1] }));
    }
  });

  test('means of spread windows count what their attributes say', () => {
    const x = real([1, 1, 5], [1, 2, 4, 8, 16]);
    const spread = { kernel_size: 2, stride: 2, dilation: 2, padding: 1 };
    // Windows at −1 and 1, 1 and 3, 3 and 5 (the last one over the border).
    expect(y(operators.avg_pool1d, { x }, spread)).toEqual([1, 5, 4]);
    expect(y(operators.avg_pool1d, { x }, { ...spread, count_include_pad: false })).toEqual([2, 5, 8]);
    const up = { ...spread, padding: 0, ceil_mode: true };
    // Windows at 0 and 2, 2 and 4, and the one that starts inside, at 4 and 6.
    const longer = real([1, 1, 6], [1, 2, 4, 8, 16, 32]);
    expect(y(operators.avg_pool1d, { x: longer }, up)).toEqual([2.5, 10, 16]);
  });

  test('"same" leaves stride times the size of a transposed convolution', () => {
    const weight = drawn([2, 3, 4, 3]);
    const x = drawn([1, 2, 3, 5]);
    const attributes = { out_channels: 3, kernel_size: [4, 3], stride: 2, bias: false };
    const same = outputs(operators.conv_transpose2d, { x, weight }, { ...attributes, padding: 'same' });
    expect(same['y']?.shape).toEqual([1, 3, 6, 10]);
    expect(same).toEqual(outputs(operators.conv_transpose2d, { x, weight }, { ...attributes, padding: [1, 0, 1, 1] }));
    const { diagnostics } = inferOperator(operators.conv_transpose1d, {
      attributes: { out_channels: 1, kernel_size: 1, stride: 3, padding: 'same' },
      inputs: { x: { dtype: 'float32', shape: [1, 1, 4] } },
    });
    expect(diagnostics[0]).toMatchObject({ code: 'E_PADDING', at: { attribute: 'output_padding' } });
    expect(diagnostics[0]?.message).toContain('output padding of 2');
  });
});

describe('numbers', () => {
  const signed = [-2.5, -1.5, -0.5, 0.4, 0.5, 1.5, 2.5, 3.5001];

  test('halves go to the even neighbour, as PyTorch rounds', () => {
    expect(y(operators.round, { x: real([8], signed) }).map((v) => v + 0)).toEqual([-2, -2, 0, 0, 0, 2, 2, 4]);
    expect(y(operators.ceil, { x: real([8], signed) }).map((v) => v + 0)).toEqual([-2, -1, 0, 1, 1, 2, 3, 4]);
    expect(y(operators.floor, { x: real([8], signed) })).toEqual([-3, -2, -1, 0, 0, 1, 2, 3]);
    expect(y(operators.round, { x: whole([3], [-7, 0, 2 ** 30 + 1]) })).toEqual([-7, 0, 2 ** 30 + 1]);
  });

  test('the signs of remainders, as PyTorch tells them', () => {
    const [a, b] = [real([4], [-3, 3, -2, 2.5]), real([4], [2, -2, 2, 1])];
    expect(y(operators.remainder, { a, b }).map((v) => v + 0)).toEqual([1, -1, 0, 0.5]);
    expect(y(operators.fmod, { a, b }).map((v) => v + 0)).toEqual([-1, 1, 0, 0.5]);
    const [m, n] = [whole([5], [-7, 7, -7, 7, 5]), whole([5], [3, -3, -3, 3, 0])];
    expect(y(operators.remainder, { a: m, b: n })).toEqual([2, -2, -1, 1, 5]);
    expect(y(operators.fmod, { a: m, b: n })).toEqual([-1, 1, -1, 1, 5]);
    expect(y(operators.fmod, { a: real([], [1]), b: real([], [0]) })).toEqual([Number.NaN]);
  });

  test('remainders stay within the divisor in float32, also where the quotient rounds over a whole number', () => {
    const random = createRandom(9, 'remainders');
    const pairs = Array.from({ length: 4000 }, (_, i) => {
      const b = Math.fround(0.1 + random.uniform() * 3);
      return [Math.fround(b * random.integer(2000) * (i % 2 === 0 ? 1 : -1)), b] as const;
    });
    const [a, b] = [0, 1].map((k) =>
      real(
        [pairs.length],
        Float32Array.from(pairs, (pair) => pair[k] as number),
      ),
    );
    const given = { attributes: {}, inputs: { a, b } as Named<Numbers>, precision: 'float32' as const };
    const floored = runOperator(operators.remainder, given).outputs['y']?.data as ArrayLike<number>;
    const cut = runOperator(operators.fmod, given).outputs['y']?.data as ArrayLike<number>;
    for (const [i, [dividend, divisor]] of pairs.entries()) {
      expect((floored[i] as number) >= 0 && (floored[i] as number) <= divisor, `${dividend} mod ${divisor}`).toBe(true);
      const rest = cut[i] as number;
      expect(rest * dividend >= 0 && Math.abs(rest) < divisor, `fmod(${dividend}, ${divisor})`).toBe(true);
    }
  });

  test('what is no number, infinite, true', () => {
    const x = real([5], [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 3e38]);
    expect(y(operators.isnan, { x })).toEqual([1, 0, 0, 0, 0]);
    expect(y(operators.isinf, { x })).toEqual([0, 1, 1, 0, 0]);
    expect(y(operators.isinf, { x }, { detect_negative: false })).toEqual([0, 1, 0, 0, 0]);
    expect(y(operators.isinf, { x }, { detect_positive: false })).toEqual([0, 0, 1, 0, 0]);
    expect(y(operators.logical_not, { x })).toEqual([0, 0, 0, 1, 0]);
    const [a, b] = [whole([4], [0, 0, 2, -1]), real([4], [0, 0.5, 0, 7])];
    expect(y(operators.logical_and, { a, b })).toEqual([0, 0, 0, 1]);
    expect(y(operators.logical_or, { a, b })).toEqual([0, 1, 1, 1]);
    expect(y(operators.logical_xor, { a, b })).toEqual([0, 1, 1, 0]);
  });

  test('functions at figures of tables', () => {
    // Abramowitz & Stegun: erf; the others from their definitions.
    expectClose(y(operators.erf, { x: real([3], [0.5, 1, -2]) }), [0.5204998778, 0.8427007929, -0.995322265], 9);
    expectClose(
      y(operators.sinh, { x: real([3], [1e-4, 1, -3]) }),
      [1.00000000167e-4, 1.1752011936, -10.0178749274],
      9,
    );
    expectClose(y(operators.cosh, { x: real([2], [0, 2]) }), [1, 3.7621956911], 9);
    expectClose(y(operators.tan, { x: real([2], [Math.PI / 4, -1]) }), [1, -1.5574077247], 9);
    expectClose(y(operators.mish, { x: real([3], [-1, 0, 1]) }), [-0.3034014613, 0, 0.8650983883], 9);
    expectClose(y(operators.hard_swish, { x: real([4], [-4, -1, 1, 4]) }), [0, -1 / 3, 2 / 3, 4], 9);
    expectClose(y(operators.softsign, { x: real([2], [-3, 1]) }), [-0.75, 0.5], 9);
    expectClose(y(operators.celu, { x: real([2], [-1, 2]) }, { alpha: 2 }), [2 * (Math.exp(-0.5) - 1), 2], 9);
  });
});

describe('elements in other places', () => {
  const grid = real([2, 3], [1, 2, 3, 4, 5, 6]);

  test('torch.gather, torch.tile, torch.roll, torch.flip at the examples of their pages', () => {
    const square = real([2, 2], [1, 2, 3, 4]);
    expect(y(operators.gather_elements, { x: square, indices: whole([2, 2], [0, 0, 1, 0]) }, { dim: 1 })).toEqual([
      1, 1, 4, 3,
    ]);
    expect(y(operators.tile, { x: real([3], [1, 2, 3]) }, { dims: [2] })).toEqual([1, 2, 3, 1, 2, 3]);
    const tiled = outputs(operators.tile, { x: square }, { dims: [2, 2] })['y'] as Numbers;
    expect(tiled.shape).toEqual([4, 4]);
    expect(Array.from(tiled.data).slice(0, 8)).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
    const tall = real([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(y(operators.roll, { x: tall }, { shifts: [1] })).toEqual([8, 1, 2, 3, 4, 5, 6, 7]);
    expect(y(operators.roll, { x: tall }, { shifts: [2, 1], dims: [0, 1] })).toEqual([6, 5, 8, 7, 2, 1, 4, 3]);
    expect(y(operators.flip, { x: grid }, { dims: [0, 1] })).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('indices that do not exist read nothing, negative ones count from the end', () => {
    const indices = whole([2, 3], [-1, 0, 2, -2, 5, 1]);
    expect(y(operators.gather_elements, { x: grid, indices }, { dim: 1 })).toEqual([3, 1, 3, 5, Number.NaN, 5]);
    const counted = { x: whole([2, 3], [1, 2, 3, 4, 5, 6]), indices };
    expect(y(operators.gather_elements, counted, { dim: 1 })).toEqual([3, 1, 3, 5, 0, 5]);
  });

  test('blocks of pixels in both orders, as ONNX draws them', () => {
    // Channel c of a 1×1 picture holds c: PyTorch puts 0…3 into one block, ONNX's DCR takes every second channel.
    const x = real([1, 8, 1, 1], [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(y(operators.pixel_shuffle, { x })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(y(operators.pixel_shuffle, { x }, { order: 'blocks_first' })).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
    for (const order of ['channels_first', 'blocks_first']) {
      const picture = drawn([2, 3, 4, 6]);
      const deep = outputs(operators.pixel_unshuffle, { x: picture }, { order })['y'] as Numbers;
      expect(deep.shape).toEqual([2, 12, 2, 3]);
      expect(y(operators.pixel_shuffle, { x: deep }, { order })).toEqual(Array.from(picture.data));
    }
  });

  test('triangles about any diagonal, one-hot rows along any dimension', () => {
    const x = real([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(y(operators.tril, { x })).toEqual([1, 0, 0, 4, 5, 0, 7, 8, 9]);
    expect(y(operators.triu, { x }, { diagonal: 1 })).toEqual([0, 2, 3, 0, 0, 6, 0, 0, 0]);
    const classes = whole([3], [2, 0, -1]);
    expect(y(operators.one_hot, { x: classes }, { num_classes: 3 })).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 1]);
    expect(y(operators.one_hot, { x: classes }, { num_classes: 3, dim: 0 })).toEqual([0, 1, 0, 0, 0, 0, 1, 0, 1]);
  });

  test('running sums are added up one by one, of whole numbers exactly', () => {
    for (const length of [1, 2, 7, 64, 129]) {
      const values = Int32Array.from({ length }, (_, i) => (i * 7919 + 3) % 1_000_003);
      for (const [exclusive, reverse] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        let sum = 0;
        const expected = new Array<number>(length);
        for (let k = 0; k < length; k++) {
          const at = reverse ? length - 1 - k : k;
          expected[at] = exclusive ? sum : sum + (values[at] as number);
          sum += values[at] as number;
        }
        expect(y(operators.cumsum, { x: whole([length], values) }, { exclusive, reverse })).toEqual(expected);
      }
    }
  });

  test('numbers at equal distances, as torch.arange counts them', () => {
    expect(y(operators.arange, {}, { end: 5 })).toEqual([0, 1, 2, 3, 4]);
    expect(y(operators.arange, {}, { start: 1, end: 2.5, step: 0.5, dtype: 'float32' })).toEqual([1, 1.5, 2]);
    expect(y(operators.arange, {}, { start: 5, end: 0, step: -2 })).toEqual([5, 3, 1]);
    const fault = (attributes: Named<unknown>) =>
      inferOperator(operators.arange, { attributes, inputs: {} }).diagnostics.map(({ code }) => code);
    expect(fault({ step: 0 })).toEqual(['E_STEP']);
    expect(fault({ end: 0 })).toEqual(['E_EMPTY']);
    expect(fault({ step: 0.5 })).toEqual(['E_VALUE']);
    expect(y(operators.full, {}, { shape: [2, 2], fill_value: 3.5 })).toEqual([3.5, 3.5, 3.5, 3.5]);
  });
});

test('weights of linear and convolution layers drop out in training only', () => {
  const nodes = {
    x: ['input', {}, { shape: ['N', 2, 4, 4] }],
    filters: ['parameter', {}, { shape: [3, 2, 3, 3] }],
    dropped: ['drop_connect', { x: 'filters.y' }, { p: 0.25 }],
    conv: ['conv2d', { x: 'x.y', weight: 'dropped.y' }, { out_channels: 3, padding: 'same' }],
    flat: ['flatten', { x: 'conv.y' }],
    matrix: ['parameter', {}, { shape: [5, 48] }],
    thinned: ['drop_connect', { x: 'matrix.y' }, { p: 0.5 }],
    linear: ['linear', { x: 'flat.y', weight: 'thinned.y' }, { out_features: 5 }],
    loss: ['sum', { x: 'linear.y' }],
  } as const;
  const draws = (mode: 'train' | 'eval') => {
    const { program, diagnostics } = compileGraph(graphOf({ nodes, training: { loss: 'loss.y' } }), {
      mode,
      batch: 2,
      gradients: 'all',
    } as never);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    return program?.instructions.flatMap(({ kernel }) => (kernel.op === 'bernoulli' ? [kernel] : [])) ?? [];
  };
  expect(draws('train').map(({ count, keep }) => [count, keep])).toEqual([
    [54, 0.75],
    [240, 0.5],
  ]);
  expect(draws('eval')).toEqual([]);
});
