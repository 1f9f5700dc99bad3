// Kernel specs written out by hand for golden cases: references and generated code must both give PyTorch's values and gradients.
import { describe, expect, it } from 'vitest';
import { createKernelLibrary } from '../../../src/kernels/library.ts';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type {
  Conv2dGeometry,
  Epilogue,
  Expression,
  KernelSpec,
  Pool2dGeometry,
} from '../../../src/program/kernel-spec.ts';
import { type Buffer, runKernel } from '../../support/kernel-bench.ts';
import { type GoldenCase, type GoldenTensor, loadGoldenManifest, loadGoldenTensors } from '../../support/reference.ts';

const library = createKernelLibrary();
const { cases } = loadGoldenManifest();
const files = new Map<string, ReadonlyMap<string, GoldenTensor>>();

function tensorOf(golden: GoldenCase, name: string): GoldenTensor {
  const tensors = files.get(golden.file) ?? loadGoldenTensors(golden.file);
  files.set(golden.file, tensors);
  return tensors.get(name) as GoldenTensor;
}

const input = (golden: GoldenCase, name: string) =>
  tensorOf(golden, golden.inputs.find((i) => i.name === name)?.tensor as string);
const output = (golden: GoldenCase, name = 'output') =>
  tensorOf(golden, golden.outputs.find((o) => o.name === name)?.tensor as string);
const upstream = (golden: GoldenCase) => tensorOf(golden, golden.outputs[0]?.upstream as string).data;
const gradient = (golden: GoldenCase, name: string) =>
  tensorOf(golden, golden.inputs.find((i) => i.name === name)?.grad as string).data;

/** Both implementations of the spec must give what the golden file holds. */
function expectKernel(
  golden: GoldenCase,
  spec: KernelSpec,
  inputs: readonly Buffer[],
  wanted: readonly Buffer[],
): void {
  const exact = wanted.map((want) => new Float64Array(want.length));
  runReference(spec, inputs, exact);
  const { outputs, damaged } = runKernel(library, spec, inputs, wanted);
  expect(damaged).toBe(0);
  wanted.forEach((want, k) => {
    const scale = [...want].reduce((a, b) => Math.max(a, Math.abs(b)), 1);
    want.forEach((value, i) => {
      const at = `${golden.id} ${spec.op} output ${k} [${i}]`;
      const tolerance = want instanceof Int32Array ? 0 : 1e-6 * scale;
      expect(Math.abs((exact[k]?.[i] as number) - value), `reference ${at}`).toBeLessThanOrEqual(tolerance);
      expect(Math.abs((outputs[k]?.[i] as number) - value), at).toBeLessThanOrEqual(10 * tolerance);
    });
  });
}

const of = (...ops: readonly string[]) =>
  cases.filter(({ op }) => ops.includes(op)).map((golden) => [golden.id, golden] as const);

type Pair = readonly [number, number];

/** An attribute with one number an axis; one-dimensional cases become one row high. */
function pair(golden: GoldenCase, name: string, rowValue: number): Pair {
  const value = golden.attrs[name] as readonly number[] | undefined;
  if (value === undefined) return [rowValue, rowValue];
  return value.length === 1 ? [rowValue, value[0] as number] : [value[0] as number, value[1] as number];
}

function padding(golden: GoldenCase): readonly [number, number, number, number] {
  const pads = golden.attrs['pads'] as readonly number[];
  if (pads.length === 2) return [0, pads[0] as number, 0, pads[1] as number];
  return pads as readonly [number, number, number, number];
}

const spatial = (shape: readonly number[]): Pair =>
  shape.length === 3 ? [1, shape[2] as number] : [shape[2] as number, shape[3] as number];

function convolution(golden: GoldenCase, x: readonly number[], y: readonly number[]): Conv2dGeometry {
  return {
    batch: x[0] as number,
    inChannels: x[1] as number,
    inSize: spatial(x),
    outChannels: y[1] as number,
    outSize: spatial(y),
    kernel: pair(golden, 'kernel_shape', 1),
    stride: pair(golden, 'strides', 1),
    padding: padding(golden),
    dilation: pair(golden, 'dilations', 1),
    groups: golden.attrs['group'] as number,
  };
}

const biasEpilogue: Epilogue = {
  inputs: [{ dtype: 'float32', offset: 0, strides: [0, 1, 0, 0] }],
  body: [
    { op: 'input', input: 0 },
    { op: 'input', input: 1 },
    { op: 'add', a: 0, b: 1 },
  ],
};

function biasOf(golden: GoldenCase): { epilogue: Epilogue | null; buffers: Buffer[] } {
  const hasBias = golden.inputs.some(({ name }) => name === 'bias');
  return hasBias ? { epilogue: biasEpilogue, buffers: [input(golden, 'bias').data] } : { epilogue: null, buffers: [] };
}

describe('convolutions', () => {
  it.each(of('Conv'))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const w = input(golden, 'weight').data;
    const y = output(golden);
    const geometry = convolution(golden, x.shape, y.shape);
    const { epilogue, buffers } = biasOf(golden);
    const spec = { op: 'conv2d', geometry, epilogue: null } as const;
    expectKernel(golden, { ...spec, direction: 'forward', epilogue }, [x.data, w, ...buffers], [y.data]);
    const dy = upstream(golden);
    expectKernel(golden, { ...spec, direction: 'input_grad' }, [dy, w], [gradient(golden, 'input')]);
    expectKernel(golden, { ...spec, direction: 'weight_grad' }, [x.data, dy], [gradient(golden, 'weight')]);
  });

  it.each(of('ConvTranspose'))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const w = input(golden, 'weight').data;
    const y = output(golden);
    // The convolution whose input gradient this is: it would map y to x.
    const geometry = convolution(golden, y.shape, x.shape);
    const { epilogue, buffers } = biasOf(golden);
    const spec = { op: 'conv2d', geometry, epilogue: null } as const;
    expectKernel(golden, { ...spec, direction: 'input_grad', epilogue }, [x.data, w, ...buffers], [y.data]);
    const dy = upstream(golden);
    expectKernel(golden, { ...spec, direction: 'forward' }, [dy, w], [gradient(golden, 'input')]);
    expectKernel(golden, { ...spec, direction: 'weight_grad' }, [dy, x.data], [gradient(golden, 'weight')]);
  });
});

function pooling(golden: GoldenCase, x: readonly number[], y: readonly number[]): Pool2dGeometry {
  return {
    planes: (x[0] as number) * (x[1] as number),
    inSize: spatial(x),
    outSize: spatial(y),
    kernel: pair(golden, 'kernel_shape', 1),
    stride: pair(golden, 'strides', 1),
    padding: padding(golden),
    dilation: pair(golden, 'dilations', 1),
  };
}

describe('pooling', () => {
  it.each(of('MaxPool'))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const y = output(golden);
    const geometry = pooling(golden, x.shape, y.shape);
    const given = golden.outputs.some(({ name }) => name === 'indices');
    const indices = given ? output(golden, 'indices').data : new Int32Array(y.data.length);
    if (!given) runReference({ op: 'max_pool2d', geometry }, [x.data], [new Float32Array(y.data.length), indices]);
    expectKernel(golden, { op: 'max_pool2d', geometry }, [x.data], [y.data, indices]);
    const dx = gradient(golden, 'input');
    expectKernel(golden, { op: 'max_pool2d_grad', geometry }, [upstream(golden), indices], [dx]);
  });

  it.each(of('AveragePool'))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const y = output(golden);
    const geometry = pooling(golden, x.shape, y.shape);
    const countIncludePad = golden.attrs['count_include_pad'] === 1;
    const spec = { op: 'avg_pool2d', geometry, countIncludePad } as const;
    expectKernel(golden, { ...spec, direction: 'forward' }, [x.data], [y.data]);
    expectKernel(golden, { ...spec, direction: 'backward' }, [upstream(golden)], [gradient(golden, 'input')]);
  });

  it.each(of('MaxUnpool'))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const y = output(golden);
    const geometry = pooling(golden, y.shape, x.shape);
    const indices = input(golden, 'indices').data;
    expectKernel(golden, { op: 'max_pool2d_grad', geometry }, [x.data, indices], [y.data]);
  });
});

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** The shape seen as [outer, size, inner] around an axis. */
function around(shape: readonly number[], axis: number) {
  const at = axis < 0 ? axis + shape.length : axis;
  return { outer: product(shape.slice(0, at)), size: shape[at] as number, inner: product(shape.slice(at + 1)) };
}

describe('softmax, reductions, gathering', () => {
  it.each(of('Softmax', 'LogSoftmax'))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const slices = around(x.shape, golden.attrs['axis'] as number);
    expectKernel(
      golden,
      { op: 'softmax', ...slices, log: golden.op === 'LogSoftmax' },
      [x.data],
      [output(golden).data],
    );
  });

  const line = (op: 'abs' | 'sqrt' | 'log' | 'exp'): Expression[] => [
    { op: 'input', input: 0 },
    { op, a: 0 },
  ];
  const whole: Expression[] = [{ op: 'input', input: 0 }];
  const square: Expression[] = [...whole, { op: 'mul', a: 0, b: 0 }];
  /** Body, fold and finish of each ONNX reduction; a mean divides by what `count` says. */
  const reductions = new Map<string, readonly [Expression[], 'sum' | 'max' | 'min', (count: number) => Expression[]]>([
    ['ReduceSum', [whole, 'sum', () => []]],
    ['ReduceMean', [whole, 'sum', (count) => [...whole, { op: 'const', value: count }, { op: 'div', a: 0, b: 1 }]]],
    ['ReduceMax', [whole, 'max', () => []]],
    ['ReduceMin', [whole, 'min', () => []]],
    ['ReduceL1', [line('abs'), 'sum', () => []]],
    ['ReduceL2', [square, 'sum', () => line('sqrt')]],
    ['ReduceSumSquare', [square, 'sum', () => []]],
    ['ReduceLogSumExp', [line('exp'), 'sum', () => line('log')]],
  ]);

  it.each(of(...reductions.keys()))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const axes = (golden.attrs['axes'] as number[]).map((axis) => (axis < 0 ? axis + x.shape.length : axis));
    const count = product(axes.map((axis) => x.shape[axis] as number));
    const [body, by, finish] = reductions.get(golden.op)!;
    const strides = x.shape.map((__, axis) => product(x.shape.slice(axis + 1)));
    const spec: KernelSpec = {
      op: 'reduce',
      shape: x.shape,
      axes,
      inputs: [{ dtype: 'float32', offset: 0, strides }],
      body,
      outputs: [{ value: body.length - 1, by, finish: finish(count) }],
    };
    expectKernel(golden, spec, [x.data], [output(golden).data]);
  });

  it.each(of('ArgMax'))('%s', (_, golden) => {
    const x = input(golden, 'input');
    const strides = x.shape.map((__, axis) => product(x.shape.slice(axis + 1)));
    const access = { dtype: 'float32', offset: 0, strides } as const;
    const axis = golden.attrs['axis'] as number;
    const spec: KernelSpec = { op: 'arg_reduce', shape: x.shape, axis, by: 'max', input: access };
    expectKernel(golden, spec, [x.data], [output(golden).data]);
  });

  it.each(of('Gather', 'Embedding'))('%s', (_, golden) => {
    const name = golden.op === 'Gather' ? 'input' : 'weight';
    const x = input(golden, name);
    const index = input(golden, 'indices').data;
    const shape = { ...around(x.shape, (golden.attrs['axis'] as number | undefined) ?? 0), count: index.length };
    expectKernel(golden, { op: 'gather', ...shape }, [x.data, index], [output(golden).data]);
    const frozenRow = golden.attrs['padding_idx'] as number | undefined;
    if (frozenRow !== undefined) return; // its gradient is cut by the operator, not by the kernel
    expectKernel(golden, { op: 'scatter_add', ...shape }, [upstream(golden), index], [gradient(golden, name)]);
  });
});
