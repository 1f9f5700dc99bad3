// MaxPool, AveragePool in one and two dimensions. Indices of MaxPool count over the whole tensor, ours over one plane.
import type { OnnxForm } from '../../onnx-form.ts';
import { int, type OnnxAttributes, type WriteContext } from '../../writing/write-context.ts';
import { perAxis, readWindows, windowAttributes, writtenWindows } from '../windows.ts';
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

function writtenPool(context: WriteContext, axes: number): OnnxAttributes {
  const sizes = context.inputs['x']?.shape.slice(2) ?? [];
  const windows = writtenWindows(context, axes, (axis, { reach, stride }) => {
    const size = sizes[axis] as number;
    return (Math.ceil(size / stride) - 1) * stride + reach - size;
  });
  return { ...windows, ceil_mode: int(context.attributes['ceil_mode'] === true ? 1 : 0) };
}

function writeMaxPool(context: WriteContext, axes: number): void {
  const { inputs, outputs } = context;
  const given = writtenPool(context, axes);
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
    const op = windows.axes === 1 ? 'avg_pool1d' : 'avg_pool2d';
    context.result(op, { x: context.wire(0) }, { ...windowAttributes(windows), ...attributes });
  },
  write: { avg_pool1d: (context) => writeAverage(context, 1), avg_pool2d: (context) => writeAverage(context, 2) },
};

function writeAverage(context: WriteContext, axes: number): void {
  const { inputs, attributes, result } = context;
  const windows = writtenPool(context, axes);
  // Dilation came with operator set 19.
  const spread = perAxis(attributes['dilation'], axes).some((each) => each !== 1);
  if (spread) context.needs(19);
  result('AveragePool', [inputs['x']], {
    ...windows,
    dilations: spread ? windows['dilations'] : undefined,
    count_include_pad: int(attributes['count_include_pad'] === true ? 1 : 0),
  });
}
