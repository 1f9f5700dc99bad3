// MaxPool, AveragePool in one and two dimensions. Indices of MaxPool count over the whole tensor, ours over one plane.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int, type WriteContext } from '../../writing/write-context.ts';
import { readWindows, windowAttributes, writtenWindows } from '../windows.ts';
import { overTensor, perTensor } from './indices.ts';

export const maxPoolForm: OnnxForm = {
  op: 'MaxPool',
  read(context) {
    const windows = readWindows(context);
    const columnMajor = context.int('storage_order', 0) !== 0;
    const attributes = { ...windowAttributes(windows), ceil_mode: context.int('ceil_mode', 0) !== 0 };
    const pool = context.result(windows.axes === 1 ? 'max_pool1d' : 'max_pool2d', { x: context.wire(0) }, attributes);
    if (context.wanted(1)) context.give(1, overTensor(context, pool.port('indices'), context.sizes(0), columnMajor));
  },
  write: { max_pool1d: (context) => writeMaxPool(context, 1), max_pool2d: (context) => writeMaxPool(context, 2) },
};

function writeMaxPool(context: WriteContext, axes: number): void {
  const { inputs, outputs, attributes } = context;
  const given = { ...writtenWindows(context, axes), ceil_mode: int(attributes['ceil_mode'] === true ? 1 : 0) };
  const y = outputs['y']?.name ?? '';
  if (!context.wanted('indices')) {
    context.node('MaxPool', [inputs['x']], given, { outputs: [y] });
    return;
  }
  const [, indices] = context.node('MaxPool', [inputs['x']], given, { outputs: [y, `${y}:indices`] });
  perTensor(context, indices as string, inputs['x']?.sizes ?? []);
}

export const averagePoolForm: OnnxForm = {
  op: 'AveragePool',
  read(context) {
    const windows = readWindows(context);
    const include = context.int('count_include_pad', 0) !== 0;
    const attributes = { ceil_mode: context.int('ceil_mode', 0) !== 0, count_include_pad: include };
    if (windows.dilations.some((each) => each !== 1)) {
      dilated(context, windows, attributes);
      return;
    }
    const op = windows.axes === 1 ? 'avg_pool1d' : 'avg_pool2d';
    context.result(op, { x: context.wire(0) }, { ...windowAttributes(windows), ...attributes });
  },
  write: { avg_pool1d: (context) => writeAverage(context, 1), avg_pool2d: (context) => writeAverage(context, 2) },
};

function writeAverage(context: WriteContext, axes: number): void {
  const { inputs, attributes, result } = context;
  result('AveragePool', [inputs['x']], {
    ...writtenWindows(context, axes),
    ceil_mode: int(attributes['ceil_mode'] === true ? 1 : 0),
    count_include_pad: int(attributes['count_include_pad'] === true ? 1 : 0),
  });
}

/** As a depthwise convolution with ones, divided by how many real elements each window has. */
function dilated(
  context: ReadContext,
  windows: ReturnType<typeof readWindows>,
  { ceil_mode: ceil, count_include_pad: include }: { readonly ceil_mode: boolean; readonly count_include_pad: boolean },
): void {
  const [, channels = null, ...sizes] = context.sizes(0);
  if (channels === null || sizes.some((size) => size === null)) {
    context.fail('dilated windows need known sizes');
    return;
  }
  const { axes, kernel, strides, dilations, pads } = windows;
  // A last window that reaches beyond the padding sees nothing there.
  const beyond = kernel.map((size, axis) => {
    const reach = (dilations[axis] as number) * (size - 1) + 1;
    const [before, after] = [pads[axis] as number, pads[axis + axes] as number];
    const [length, stride] = [sizes[axis] as number, strides[axis] as number];
    const room = length + before + after - reach;
    const count = Math.ceil(room / stride);
    return ceil && count * stride < length + before ? Math.max(0, count * stride - room) : 0;
  });
  const padded = { ...windows, pads: pads.map((pad, i) => (i < axes ? pad : pad + (beyond[i - axes] as number))) };
  const size = kernel.reduce((product, each) => product * each, 1);
  const op = axes === 1 ? 'conv1d' : 'conv2d';
  const ones = (count: number) =>
    context.constant({ dtype: 'float32', shape: [count, 1, ...kernel], data: new Float32Array(count * size).fill(1) });
  const sum = (x: string, count: number, own: typeof windows) =>
    context.value(
      op,
      { x, weight: ones(count) },
      { out_channels: count, ...windowAttributes(own), groups: count, bias: false },
    );
  const shape = include
    ? sizes.map((length, i) => (length as number) + (pads[i] as number) + (pads[i + axes] as number))
    : sizes;
  const real = context.constant({
    dtype: 'float32',
    shape: [1, 1, ...(shape as number[])],
    data: new Float32Array((shape as number[]).reduce((product, each) => product * each, 1)).fill(1),
  });
  const counted = include
    ? { ...padded, pads: pads.map((_, i) => (i < axes ? 0 : (beyond[i - axes] as number))) }
    : padded;
  context.result('div', { a: sum(context.wire(0), channels, padded), b: sum(real, 1, counted) });
}
