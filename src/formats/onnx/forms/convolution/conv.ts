// Conv in one and two dimensions.
import type { OnnxForm } from '../../onnx-form.ts';
import { int, ints, type WriteContext } from '../../writing/write-context.ts';
import { padsOf, perAxis, readWindows, windowAttributes, writtenWindows } from '../windows.ts';

export const convForm: OnnxForm = {
  op: 'Conv',
  read(context) {
    const [channels, , ...kernel] = context.shape(1);
    const windows = readWindows(context, kernel);
    context.result(
      windows.axes === 1 ? 'conv1d' : 'conv2d',
      { x: context.wire(0), weight: context.parameter(1), bias: context.parameter(2) },
      {
        out_channels: channels,
        ...windowAttributes(windows),
        groups: context.int('group', 1),
        bias: context.given(2),
      },
    );
  },
  write: { conv1d: (context) => writeConv(context, 1), conv2d: (context) => writeConv(context, 2) },
};

function writeConv(context: WriteContext, axes: number): void {
  const { inputs, attributes, result } = context;
  const same = attributes['padding'] === 'same';
  const windows = same ? sameWindows(context, axes) : writtenWindows(context, axes);
  result('Conv', [inputs['x'], inputs['weight'], inputs['bias']], {
    ...windows,
    group: int(Number(attributes['groups'])),
  });
}

/** Padding "same" of ours in numbers: stride 1, what does not halve at the end. */
function sameWindows({ attributes }: WriteContext, axes: number) {
  const [kernel, dilations] = [perAxis(attributes['kernel_size'], axes), perAxis(attributes['dilation'], axes)];
  const totals = kernel.map((size, axis) => (dilations[axis] as number) * (size - 1));
  const begins = totals.map((total) => Math.floor(total / 2));
  const pads = padsOf([...begins, ...totals.map((total, axis) => total - (begins[axis] as number))], axes);
  return { kernel_shape: ints(kernel), pads: ints(pads), dilations: ints(dilations) };
}
