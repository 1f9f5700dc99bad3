// Conv in one and two dimensions.
import type { OnnxForm } from '../../onnx-form.ts';
import { int, type WriteContext } from '../../writing/write-context.ts';
import { readWindows, windowAttributes, writtenWindows } from '../windows.ts';

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
  result('Conv', [inputs['x'], inputs['weight'], inputs['bias']], {
    // Padding "same" of ours has stride 1.
    ...writtenWindows(context, axes, (_, { reach }) => reach - 1),
    group: int(Number(attributes['groups'])),
  });
}
