import { describe, expect, it } from 'vitest';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type { Conv2dGeometry, Expression, KernelSpec, Pool2dGeometry } from '../../../src/program/kernel-spec.ts';
import type { NumericArray } from '../../../src/tensor/dtype.ts';
import { mix32, uniformAt } from '../../../src/tensor/random.ts';

const f32 = (offset: number, ...strides: number[]) => ({ dtype: 'float32' as const, offset, strides });
const i32 = (offset: number, ...strides: number[]) => ({ dtype: 'int32' as const, offset, strides });
const input = (k: number): Expression => ({ op: 'input', input: k });

function run(spec: KernelSpec, inputs: NumericArray[], ...counts: number[]): number[][] {
  const outputs = counts.map((count) => new Float64Array(count).fill(99));
  runReference(spec, inputs, outputs);
  return outputs.map((output) => [...output]);
}

/** All results of one expression on scalars. */
function evaluate(body: Expression[], ...inputs: number[]): number {
  const spec: KernelSpec = {
    op: 'elementwise',
    shape: [],
    inputs: inputs.map(() => f32(0)),
    body,
    outputs: [{ ...f32(0), slot: 0, value: body.length - 1 }],
  };
  const values = inputs.map((x) => Float64Array.of(x));
  return run(spec, values, 1)[0]?.[0] as number;
}

const geometry: Conv2dGeometry = {
  batch: 1,
  inChannels: 1,
  inSize: [3, 3],
  outChannels: 1,
  outSize: [2, 2],
  kernel: [2, 2],
  stride: [1, 1],
  padding: [0, 0, 0, 0],
  dilation: [1, 1],
  groups: 1,
};

const pool: Pool2dGeometry = {
  planes: 1,
  inSize: [3, 3],
  outSize: [2, 2],
  kernel: [2, 2],
  stride: [2, 2],
  padding: [1, 1, 0, 0],
  dilation: [1, 1],
};

describe('expressions', () => {
  it('compute functions to float64 accuracy', () => {
    const at = (op: 'erf' | 'softplus' | 'sigmoid', x: number) => evaluate([input(0), { op, a: 0 }], x);
    // Values from tables (Abramowitz and Stegun 7.1), and definitions.
    expect(at('erf', 0.5)).toBeCloseTo(0.5204998778130465, 15);
    expect(at('erf', -1)).toBeCloseTo(-0.8427007929497149, 15);
    expect(at('erf', 3)).toBeCloseTo(0.9999779095030014, 15);
    expect(at('softplus', -50) / 1.928749847963918e-22).toBeCloseTo(1, 12);
    expect(at('softplus', 30)).toBe(30);
    expect(at('sigmoid', -800)).toBe(0);
    expect(at('sigmoid', Math.log(3))).toBeCloseTo(0.75, 15);
  });

  it('state what happens to NaN, ties and halves', () => {
    const two = (op: 'max' | 'min' | 'and' | 'ne' | 'eq' | 'pow', a: number, b: number) =>
      evaluate([input(0), input(1), { op, a: 0, b: 1 }], a, b);
    const one = (op: 'round' | 'sign' | 'not' | 'flush', x: number) => evaluate([input(0), { op, a: 0 }], x);
    expect([two('max', 1, Number.NaN), two('min', Number.NaN, 1)]).toEqual([Number.NaN, Number.NaN]);
    expect([two('and', Number.NaN, 2), two('ne', Number.NaN, Number.NaN), two('eq', 2, 2)]).toEqual([1, 1, 1]);
    expect([two('pow', 0, 0), two('pow', -2, 3), two('pow', -8, 0.5)]).toEqual([1, -8, Number.NaN]);
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.7].map((x) => one('round', x) + 0)).toEqual([0, 2, 2, 0, -2, -3]);
    expect([one('sign', -3), one('sign', Number.NaN), one('not', 0), one('not', Number.NaN)]).toEqual([
      -1,
      Number.NaN,
      1,
      0,
    ]);
    expect([one('flush', 9e-31), one('flush', -2e-30)]).toEqual([0, -2e-30]);
  });
});

describe('elementwise', () => {
  it('walks broadcasts, negative strides and coordinates', () => {
    const spec: KernelSpec = {
      op: 'elementwise',
      shape: [2, 3],
      inputs: [f32(2, 3, -1), f32(0, 1, 0)],
      body: [input(0), input(1), { op: 'coord', axis: 1 }, { op: 'add', a: 0, b: 1 }, { op: 'mul', a: 3, b: 2 }],
      outputs: [
        { ...f32(0, 3, 1), slot: 0, value: 4 },
        { ...f32(1, 1, 2), slot: 1, value: 3 },
      ],
    };
    const [products, sums] = run(spec, [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(10, 20)], 6, 7);
    expect(products).toEqual([0, 12, 22, 0, 25, 48]);
    expect(sums).toEqual([99, 13, 26, 12, 25, 11, 24]);
  });

  it('truncates and saturates what it stores as int32', () => {
    const spec: KernelSpec = {
      op: 'elementwise',
      shape: [5],
      inputs: [f32(0, 1)],
      body: [input(0)],
      outputs: [{ ...i32(0, 1), slot: 0, value: 0 }],
    };
    const stored = new Int32Array(5);
    runReference(spec, [Float32Array.of(-1.9, 2.9, 1e20, -1e20, Number.NaN)], [stored]);
    expect([...stored]).toEqual([-1, 2, 2147483647, -2147483648, 0]);
  });
});

describe('reductions', () => {
  it('fold several outputs over mixed axes and finish them', () => {
    const spec: KernelSpec = {
      op: 'reduce',
      shape: [2, 2, 2],
      axes: [0, 2],
      inputs: [f32(0, 4, 2, 1)],
      body: [input(0)],
      outputs: [
        { value: 0, by: 'sum', finish: [input(0), { op: 'const', value: 4 }, { op: 'div', a: 0, b: 1 }] },
        { value: 0, by: 'max', finish: [] },
        { value: 0, by: 'prod', finish: [input(0)] },
        { value: 0, by: 'min', finish: [] },
      ],
    };
    const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(run(spec, [x], 2, 2, 2, 2)).toEqual([
      [3.5, 5.5],
      [6, 8],
      [60, 672],
      [1, 3],
    ]);
  });

  it('give the identity over an empty set', () => {
    const by = (['sum', 'prod', 'max', 'min'] as const).map((by) => ({ value: 0, by, finish: [] }));
    const spec: KernelSpec = {
      op: 'reduce',
      shape: [1, 0],
      axes: [1],
      inputs: [f32(0, 0, 1)],
      body: [input(0)],
      outputs: by,
    };
    const [sum, prod, max, min] = run(spec, [new Float32Array(0)], 1, 1, 1, 1);
    expect([sum, prod, max, min]).toEqual([[0], [1], [Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY]]);
  });

  it('find the first extreme, NaN before all', () => {
    const spec: KernelSpec = { op: 'arg_reduce', shape: [4, 3], axis: 0, by: 'max', input: f32(0, 3, 1) };
    const x = Float32Array.of(1, 5, 0, 7, 5, Number.NaN, 7, 4, 9, 3, 5, Number.NaN);
    expect(run(spec, [x], 3)[0]).toEqual([1, 0, 1]);
    expect(run({ ...spec, by: 'min' }, [x], 3)[0]).toEqual([0, 2, 1]);
  });
});

describe('products and convolutions', () => {
  it('multiply transposed and broadcast matrices through an epilogue', () => {
    const spec: KernelSpec = {
      op: 'gemm',
      batch: [2],
      m: 2,
      n: 2,
      k: 2,
      a: { offset: 0, batch: [4], row: 1, column: 2 },
      b: { offset: 0, batch: [0], row: 2, column: 1 },
      epilogue: { inputs: [f32(0, 0, 0, 1)], body: [input(0), input(1), { op: 'add', a: 0, b: 1 }] },
    };
    const a = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const b = Float32Array.of(1, 0, 1, 1);
    // aᵀ = [[1, 3], [2, 4]], [[5, 7], [6, 8]]; times [[1, 0], [1, 1]]; plus [100, 200] along n.
    expect(run(spec, [a, b, Float32Array.of(100, 200)], 8)[0]).toEqual([104, 203, 106, 204, 112, 207, 114, 208]);
  });

  it('correlate, and spread gradients back along the same terms', () => {
    const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const w = Float32Array.of(1, 10, 100, 1000);
    const dy = Float32Array.of(1, 0, 0, 2);
    const conv = (direction: 'forward' | 'input_grad' | 'weight_grad'): KernelSpec => ({
      op: 'conv2d',
      direction,
      geometry,
      epilogue: null,
    });
    expect(run(conv('forward'), [x, w], 4)[0]).toEqual([5421, 6532, 8754, 9865]);
    expect(run(conv('input_grad'), [dy, w], 9)[0]).toEqual([1, 10, 0, 100, 1002, 20, 0, 200, 2000]);
    expect(run(conv('weight_grad'), [x, dy], 4)[0]).toEqual([11, 14, 20, 23]);
  });

  it('pad, stride, dilate and group', () => {
    const spec: KernelSpec = {
      op: 'conv2d',
      direction: 'forward',
      geometry: {
        ...geometry,
        inChannels: 2,
        outChannels: 2,
        groups: 2,
        outSize: [2, 2],
        stride: [2, 1],
        padding: [1, 0, 1, 1],
        dilation: [2, 2],
      },
      epilogue: { inputs: [], body: [input(0), { op: 'neg', a: 0 }] },
    };
    const x = Float32Array.from({ length: 18 }, (_, i) => i + 1);
    const w = Float32Array.of(1, 2, 3, 4, 1, 0, 0, 1);
    // Rows −1 and 1 meet output row 0, rows 1 and 3 output row 1; columns j and j + 2.
    expect(run(spec, [x, w], 8)[0]).toEqual([-36, -15, -16, -5, -15, -0, -13, -14]);
  });
});

describe('pooling', () => {
  it('takes the first largest element and its place', () => {
    const x = Float32Array.of(1, 2, 2, 5, Number.NaN, 0, 5, 5, 9);
    const [y, indices] = run({ op: 'max_pool2d', geometry: pool }, [x], 4, 4);
    expect(y).toEqual([1, 2, 5, Number.NaN]);
    expect(indices).toEqual([0, 1, 3, 4]);
  });

  it('adds gradients up where windows share their maximum', () => {
    const indices = Int32Array.of(4, 4, 0, -1);
    expect(run({ op: 'max_pool2d_grad', geometry: pool }, [Float32Array.of(1, 2, 3, 4), indices], 9)[0]).toEqual([
      3, 0, 0, 0, 3, 0, 0, 0, 0,
    ]);
  });

  it('averages over windows with or without padding, and cuts windows beyond it', () => {
    const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const avg = (countIncludePad: boolean, direction: 'forward' | 'backward' = 'forward'): KernelSpec => ({
      op: 'avg_pool2d',
      direction,
      geometry: pool,
      countIncludePad,
    });
    expect(run(avg(true), [x], 4)[0]).toEqual([0.25, 1.25, 2.75, 7]);
    expect(run(avg(false), [x], 4)[0]).toEqual([1, 2.5, 5.5, 7]);
    expect(run(avg(false, 'backward'), [Float32Array.of(1, 2, 4, 8)], 9)[0]).toEqual([1, 1, 1, 2, 2, 2, 2, 2, 2]);
    const beyond: KernelSpec = {
      op: 'avg_pool2d',
      direction: 'forward',
      geometry: { ...pool, padding: [0, 0, 0, 0] },
      countIncludePad: true,
    };
    expect(run(beyond, [x], 4)[0]).toEqual([3, 4.5, 7.5, 9]);
  });
});

describe('the rest', () => {
  it('softmax does not overflow and spreads over the middle axis', () => {
    const x = Float64Array.of(1000, 0, 1000 + Math.log(3), 0);
    const spec = { op: 'softmax', outer: 1, size: 2, inner: 2, log: false } as const;
    expect(run(spec, [x], 4)[0]?.map((v) => Math.round(v * 1e12) / 1e12)).toEqual([0.25, 0.5, 0.75, 0.5]);
    expect(run({ ...spec, log: true }, [x], 4)[0]?.[2]).toBeCloseTo(Math.log(0.75), 12);
  });

  it('gather and scatter_add mirror each other', () => {
    const index = Int32Array.of(2, 0, 2, 7);
    const spec = { outer: 1, size: 3, count: 4, inner: 2 };
    expect(run({ op: 'gather', ...spec }, [Float32Array.of(1, 2, 3, 4, 5, 6), index], 8)[0]).toEqual([
      5,
      6,
      1,
      2,
      5,
      6,
      Number.NaN,
      Number.NaN,
    ]);
    expect(run({ op: 'scatter_add', ...spec }, [Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), index], 6)[0]).toEqual([
      3, 4, 0, 0, 6, 8,
    ]);
  });

  it('assemble fills what no piece covers', () => {
    const spec: KernelSpec = {
      op: 'assemble',
      shape: [2, 3],
      dtype: 'float32',
      fill: -1,
      pieces: [
        { shape: [2], input: f32(0, 1), output: f32(1, 3) },
        { shape: [1, 1], input: f32(1, 1, 1), output: f32(0, 1, 1) },
      ],
    };
    expect(run(spec, [Float32Array.of(5, 6), Float32Array.of(7, 8)], 6)[0]).toEqual([8, 5, -1, -1, 6, -1]);
  });

  it('bernoulli is the hash, and view copies', () => {
    const spec: KernelSpec = { op: 'bernoulli', count: 1000, keep: 0.3, stream: 12345 };
    const mask = run(spec, [Int32Array.of(7)], 1000)[0] as number[];
    expect(mask[17]).toBe(uniformAt(mix32(12345 ^ 7), 17) < 0.3 ? 1 : 0);
    expect(Math.abs(mask.reduce((a, b) => a + b, 0) - 300)).toBeLessThan(60);
    expect(run({ op: 'view' }, [Float32Array.of(1, 2)], 2)[0]).toEqual([1, 2]);
  });
});
