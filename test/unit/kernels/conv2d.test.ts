import { describe, expect, test } from 'vitest';
import { createKernelLibrary } from '../../../src/kernels/library.ts';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type { Conv2dGeometry, Conv2dSpec, Epilogue } from '../../../src/program/kernel-spec.ts';
import { runKernel } from '../../support/kernel-bench.ts';

function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const filled = (count: number, next: () => number) => Float32Array.from({ length: count }, next);

interface Shape {
  batch?: number;
  channels: [number, number];
  size: [number, number];
  kernel: [number, number];
  stride?: [number, number];
  padding?: [number, number, number, number];
  dilation?: [number, number];
  groups?: number;
}

function geometry(shape: Shape): Conv2dGeometry {
  const {
    batch = 2,
    channels,
    size,
    kernel,
    stride = [1, 1],
    padding = [0, 0, 0, 0],
    dilation = [1, 1],
    groups = 1,
  } = shape;
  const out = ([0, 1] as const).map((axis) => {
    const room = size[axis] + padding[axis] + padding[axis + 2]! - dilation[axis] * (kernel[axis] - 1) - 1;
    return Math.floor(room / stride[axis]) + 1;
  }) as [number, number];
  return {
    batch,
    inChannels: channels[0],
    inSize: size,
    outChannels: channels[1],
    outSize: out,
    kernel,
    stride,
    padding,
    dilation,
    groups,
  };
}

/** The definition, in float64: y[n,o,i,j] = Σ x[n, c, i·s + k·d − p, j·s + l·d − p]·w[o, c, k, l], as visits of its terms. */
function eachTerm(g: Conv2dGeometry, visit: (x: number, w: number, y: number) => void): void {
  const [C, O] = [g.inChannels / g.groups, g.outChannels / g.groups];
  const [H, W] = g.inSize;
  const [P, Q] = g.outSize;
  const [K, L] = g.kernel;
  for (let n = 0; n < g.batch; n++)
    for (let o = 0; o < g.outChannels; o++)
      for (let c = 0; c < C; c++)
        for (let k = 0; k < K; k++)
          for (let l = 0; l < L; l++)
            for (let i = 0; i < P; i++)
              for (let j = 0; j < Q; j++) {
                const h = i * g.stride[0] + k * g.dilation[0] - g.padding[0];
                const v = j * g.stride[1] + l * g.dilation[1] - g.padding[1];
                if (h < 0 || h >= H || v < 0 || v >= W) continue;
                const channel = Math.floor(o / O) * C + c;
                visit(
                  ((n * g.inChannels + channel) * H + h) * W + v,
                  ((o * C + c) * K + k) * L + l,
                  ((n * g.outChannels + o) * P + i) * Q + j,
                );
              }
}

const directions = ['forward', 'input_grad', 'weight_grad'] as const;
const library = createKernelLibrary({ fma: false });

function buffers(g: Conv2dGeometry) {
  const next = numbers(g.inChannels * 31 + g.outChannels * 17 + g.inSize[1] * 7 + g.kernel[1]);
  return {
    x: filled(g.batch * g.inChannels * g.inSize[0] * g.inSize[1], next),
    w: filled(g.outChannels * (g.inChannels / g.groups) * g.kernel[0] * g.kernel[1], next),
    y: filled(g.batch * g.outChannels * g.outSize[0] * g.outSize[1], next),
  };
}

function check(shape: Shape): void {
  const g = geometry(shape);
  const { x, w, y } = buffers(g);
  for (const direction of directions) {
    const spec: Conv2dSpec = { op: 'conv2d', direction, geometry: g, epilogue: null };
    const [inputs, output] = { forward: [[x, w], y], input_grad: [[y, w], x], weight_grad: [[x, y], w] }[direction] as [
      Float32Array[],
      Float32Array,
    ];
    const truth = new Float64Array(output.length);
    const scale = new Float64Array(output.length);
    const terms = new Float64Array(output.length);
    eachTerm(g, (xAt, wAt, yAt) => {
      const [a, b, to] = { forward: [xAt, wAt, yAt], input_grad: [yAt, wAt, xAt], weight_grad: [xAt, yAt, wAt] }[
        direction
      ] as [number, number, number];
      const term = inputs[0]![a]! * inputs[1]![b]!;
      truth[to]! += term;
      scale[to]! += Math.abs(term);
      terms[to]!++;
    });
    const whole = runKernel(library, spec, inputs, [output]);
    const label = `${direction} ${JSON.stringify(shape)}`;
    expect(whole.damaged, label).toBe(0);
    const got = whole.outputs[0]!;
    const wrong = [...truth.keys()].filter(
      (i) => !(Math.abs(got[i]! - truth[i]!) <= (terms[i]! + 1) * 2 ** -24 * scale[i]!),
    );
    expect(wrong, label).toEqual([]);
    const extent = library.extent(spec);
    const parts = runKernel(library, spec, inputs, [output], {
      splits: [Math.floor(extent / 3), Math.ceil(extent / 2)],
    });
    expect(parts.damaged, label).toBe(0);
    expect(parts.outputs[0], label).toEqual(got);
  }
}

describe('conv2d', () => {
  test('widths around the vector, channels around the tile', () => {
    for (const width of [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 17]) {
      check({ channels: [2, 5], size: [5, width], kernel: [3, 3], padding: [1, 1, 1, 1] });
    }
    for (const filters of [1, 2, 3, 4, 6, 7, 8, 13]) {
      check({ channels: [3, filters], size: [4, 10], kernel: [2, 2] });
    }
  });

  test('the layers of LeNet, ResNet and of deep feature maps', () => {
    check({ batch: 1, channels: [1, 6], size: [28, 28], kernel: [5, 5], padding: [2, 2, 2, 2] });
    check({ batch: 9, channels: [6, 16], size: [14, 14], kernel: [5, 5] });
    check({ batch: 1, channels: [16, 16], size: [32, 32], kernel: [3, 3], padding: [1, 1, 1, 1] });
    check({ channels: [16, 32], size: [16, 16], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] });
    check({ channels: [16, 32], size: [16, 16], kernel: [1, 1], stride: [2, 2] });
    check({ batch: 1, channels: [70, 30], size: [4, 4], kernel: [3, 3], padding: [1, 1, 1, 1] });
    check({ channels: [16, 9], size: [5, 5], kernel: [5, 5] });
    check({ batch: 1, channels: [3, 8], size: [30, 30], kernel: [7, 7], stride: [2, 2], padding: [3, 3, 3, 3] });
  });

  test('pointwise kernels', () => {
    check({ channels: [7, 5], size: [6, 7], kernel: [1, 1] });
    check({ channels: [10, 13], size: [1, 1], kernel: [1, 1] });
    check({ channels: [4, 3], size: [5, 4], kernel: [1, 1], padding: [1, 0, 0, 2] });
    check({ channels: [6, 4], size: [5, 9], kernel: [1, 1], groups: 2 });
  });

  test('strides, also where the last rows are never reached', () => {
    for (const stride of [
      [2, 2],
      [3, 2],
      [1, 3],
      [4, 5],
    ] as [number, number][]) {
      for (const size of [
        [7, 9],
        [8, 10],
        [6, 16],
      ] as [number, number][]) {
        check({ channels: [3, 4], size, kernel: [3, 3], stride, padding: [1, 1, 1, 1] });
        check({ channels: [2, 3], size, kernel: [2, 3], stride });
        check({ channels: [2, 2], size, kernel: [1, 1], stride });
        check({ channels: [2, 2], size, kernel: [1, 4], stride, padding: [0, 2, 1, 1] });
      }
    }
  });

  test('asymmetric padding, dilation, kernels of one row or column', () => {
    check({ channels: [2, 3], size: [6, 7], kernel: [3, 2], padding: [2, 0, 1, 3] });
    check({ channels: [2, 3], size: [9, 11], kernel: [3, 3], dilation: [2, 3], padding: [2, 3, 2, 3] });
    check({ channels: [2, 3], size: [9, 11], kernel: [3, 3], dilation: [2, 2], stride: [2, 3], padding: [1, 0, 2, 1] });
    check({ channels: [5, 4], size: [9, 6], kernel: [5, 1], padding: [2, 0, 2, 0] });
    check({ channels: [3, 4], size: [4, 12], kernel: [1, 5], padding: [0, 2, 0, 2] });
    check({ channels: [5, 4], size: [9, 6], kernel: [3, 1] });
  });

  test('kernels larger than the input, and cells that see padding only', () => {
    check({ channels: [2, 3], size: [2, 3], kernel: [5, 5], padding: [2, 2, 2, 2] });
    check({ channels: [2, 3], size: [1, 1], kernel: [3, 3], padding: [1, 1, 1, 1] });
    check({ channels: [2, 3], size: [3, 3], kernel: [2, 2], padding: [4, 5, 6, 3] });
    check({ channels: [2, 3], size: [3, 3], kernel: [1, 1], padding: [2, 2, 2, 2], stride: [3, 3] });
    check({ channels: [2, 3], size: [3, 2], kernel: [2, 2], dilation: [4, 5], padding: [3, 4, 2, 3] });
    check({ channels: [1, 2], size: [3, 3], kernel: [3, 3], padding: [7, 7, 0, 0], stride: [4, 4] });
  });

  test('groups and depthwise kernels', () => {
    check({ channels: [4, 6], size: [5, 6], kernel: [3, 3], padding: [1, 1, 1, 1], groups: 2 });
    check({ channels: [6, 6], size: [7, 33], kernel: [3, 3], padding: [1, 1, 1, 1], groups: 6 });
    check({ channels: [3, 6], size: [8, 8], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], groups: 3 });
    check({ batch: 1, channels: [16, 32], size: [6, 6], kernel: [3, 3], groups: 2 });
  });

  test('random geometries', () => {
    const next = numbers(2024);
    const pick = (low: number, high: number) => low + Math.floor(((next() + 1) / 2) * (high - low + 1));
    for (let round = 0; round < 120; round++) {
      const groups = pick(1, 3);
      const kernel: [number, number] = [pick(1, 4), pick(1, 4)];
      const dilation: [number, number] = [pick(1, 2), pick(1, 2)];
      const padding: [number, number, number, number] = [pick(0, 3), pick(0, 3), pick(0, 3), pick(0, 3)];
      const fits = (axis: 0 | 1) =>
        Math.max(1, dilation[axis] * (kernel[axis] - 1) + 1 - padding[axis] - padding[axis + 2]!);
      check({
        batch: pick(1, 3),
        channels: [groups * pick(1, 4), groups * pick(1, 5)],
        size: [fits(0) + pick(0, 6), fits(1) + pick(0, 14)],
        kernel,
        stride: [pick(1, 3), pick(1, 3)],
        padding,
        dilation,
        groups,
      });
    }
  });

  test('bits do not depend on the tile', () => {
    const g = geometry({
      batch: 3,
      channels: [7, 13],
      size: [9, 14],
      kernel: [3, 3],
      stride: [2, 1],
      padding: [1, 1, 1, 1],
    });
    const { x, w, y } = buffers(g);
    const results = [
      [4, 8],
      [6, 8],
      [3, 12],
      [2, 16],
      [1, 48],
    ].map(([rows, columns]) => {
      const tiled = createKernelLibrary({ fma: false, tile: { rows: rows!, columns: columns! } });
      const run = (direction: Conv2dSpec['direction'], inputs: Float32Array[], output: Float32Array) =>
        runKernel(tiled, { op: 'conv2d', direction, geometry: g, epilogue: null }, inputs, [output]).outputs[0];
      return [run('forward', [x, w], y), run('input_grad', [y, w], x), run('weight_grad', [x, y], w)];
    });
    for (const other of results) expect(other).toEqual(results[0]);
  });

  test('a forward sum is made in the order channel, row, column', () => {
    const g = geometry({ batch: 1, channels: [20, 5], size: [6, 11], kernel: [3, 3], padding: [1, 1, 1, 1] });
    const { x, w, y } = buffers(g);
    const expected = new Float32Array(y.length);
    eachTerm(g, (xAt, wAt, yAt) => {
      expected[yAt] = Math.fround(expected[yAt]! + Math.fround(x[xAt]! * w[wAt]!));
    });
    const spec: Conv2dSpec = { op: 'conv2d', direction: 'forward', geometry: g, epilogue: null };
    expect(runKernel(library, spec, [x, w], [y]).outputs[0]).toEqual(expected);
  });
});

describe('conv2d epilogue', () => {
  const body: Epilogue['body'] = [
    { op: 'input', input: 0 },
    { op: 'input', input: 1 },
    { op: 'add', a: 0, b: 1 },
    { op: 'input', input: 2 },
    { op: 'mul', a: 2, b: 3 },
    { op: 'coord', axis: 3 },
    { op: 'sub', a: 4, b: 5 },
    { op: 'coord', axis: 1 },
    { op: 'add', a: 6, b: 7 },
  ];

  test('bias, operands of the output’s shape and coordinates, forwards and backwards', () => {
    for (const shape of [
      { channels: [3, 6], size: [6, 10], kernel: [3, 3], padding: [1, 1, 1, 1] },
      { channels: [4, 8], size: [7, 9], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], groups: 2 },
      { channels: [3, 5], size: [4, 5], kernel: [1, 1] },
    ] as Shape[]) {
      for (const withCoordinates of [true, false]) {
        const g = geometry(shape);
        const { x, w, y } = buffers(g);
        for (const direction of ['forward', 'input_grad'] as const) {
          const [channels, [height, width]] =
            direction === 'forward' ? [g.outChannels, g.outSize] : [g.inChannels, g.inSize];
          const output = direction === 'forward' ? y : x;
          const epilogue: Epilogue = {
            inputs: [
              { dtype: 'float32', offset: 1, strides: [0, 1, 0, 0] },
              { dtype: 'float32', offset: 0, strides: [channels * height * width, height * width, width, 1] },
            ],
            body: withCoordinates ? body : body.slice(0, 5),
          };
          const spec: Conv2dSpec = { op: 'conv2d', direction, geometry: g, epilogue };
          const next = numbers(9);
          const inputs = [direction === 'forward' ? x : y, w, filled(channels + 1, next), filled(output.length, next)];
          const expected = new Float64Array(output.length);
          runReference(spec, inputs, [expected]);
          const { outputs, damaged } = runKernel(library, spec, inputs, [output], { splits: [1] });
          expect(damaged).toBe(0);
          expected.forEach((value, i) => {
            expect(Math.abs(outputs[0]![i]! - value)).toBeLessThan(2e-5);
          });
        }
      }
    }
  });
});
