// ConvTranspose in one and two dimensions; `output_shape` and `auto_pad` are turned into pads.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int, ints, type WriteContext } from '../../writing/write-context.ts';
import { type OnnxWindows, perAxis, readWindows, short, windowAttributes, writtenWindows } from '../windows.ts';

export const convTransposeForm: OnnxForm = {
  op: 'ConvTranspose',
  read(context) {
    const group = context.int('group', 1);
    const [, channels, ...kernel] = context.shape(1);
    const { windows, extra } = spreadWindows(context, kernel);
    const attributes = {
      out_channels: (channels ?? 0) * group,
      ...windowAttributes(windows),
      ...(extra.every((each) => each === 0) ? {} : { output_padding: windows.axes === 1 ? extra[0] : short(extra) }),
      groups: group,
      bias: context.given(2),
    };
    const inputs = { x: context.wire(0), weight: context.parameter(1), bias: context.parameter(2) };
    context.result(windows.axes === 1 ? 'conv_transpose1d' : 'conv_transpose2d', inputs, attributes);
  },
  write: {
    conv_transpose1d: (context) => write(context, 1),
    conv_transpose2d: (context) => write(context, 2),
  },
};

/** onnxruntime wants an output padding below the stride: what is more is taken from the pads, or put on as rows of the bias. */
function write(context: WriteContext, axes: number): void {
  const { inputs, attributes, result } = context;
  const extra = perAxis(attributes['output_padding'], axes);
  const windows = writtenWindows(context, axes, (axis, { reach, stride }) => reach + (extra[axis] as number) - stride);
  const strides = perAxis(attributes['stride'], axes);
  const group = int(Number(attributes['groups']));
  if (extra.every((each, axis) => each < (strides[axis] as number))) {
    const padding = { output_padding: ints(extra), group };
    result('ConvTranspose', [inputs['x'], inputs['weight'], inputs['bias']], { ...windows, ...padding });
    return;
  }
  const pads = [...(windows['pads'] as { readonly ints: readonly number[] }).ints];
  const beyond = extra.map((each, axis) => {
    const taken = Math.min(each, pads[axis + axes] as number);
    pads[axis + axes] = (pads[axis + axes] as number) - taken;
    return each - taken;
  });
  const bare = context.value('ConvTranspose', [inputs['x'], inputs['weight']], { ...windows, pads: ints(pads), group });
  const none = new Array<number>(2 + axes).fill(0);
  const padded = [bare, context.int64([...none, 0, 0, ...beyond])];
  if (!inputs['bias']) {
    result('Pad', padded);
    return;
  }
  const bias = context.value('Reshape', [inputs['bias'], context.int64([-1, ...none.slice(2).map(() => 1)])]);
  result('Add', [context.value('Pad', padded), bias]);
}

interface Spread {
  readonly windows: OnnxWindows;
  /** Output padding. */
  readonly extra: readonly number[];
}

function spreadWindows(context: ReadContext, kernel: readonly number[]): Spread {
  const mode = context.text('auto_pad', 'NOTSET');
  const shape = context.ints('output_shape');
  const same = mode === 'SAME_UPPER' || mode === 'SAME_LOWER';
  const extra = context.ints('output_padding') ?? kernel.map(() => 0);
  if (!same && !shape) return { windows: readWindows(context, kernel), extra };
  // Here pads follow from the sizes; `readWindows` would take auto_pad for that of a convolution.
  const windows = readWindows({ ...context, text: () => 'NOTSET' } as ReadContext, kernel);
  const sizes = context.sizes(0).slice(2);
  const wanted = shape?.slice(-kernel.length);
  const totals = windows.kernel.map((size, axis) => {
    const [stride, dilation] = [windows.strides[axis] as number, windows.dilations[axis] as number];
    const input = sizes[axis] ?? context.fail('its pads follow from the size of its input, which is not known');
    const output = wanted?.[axis] ?? input * stride;
    return stride * (input - 1) + (extra[axis] as number) + dilation * (size - 1) + 1 - output;
  });
  const room = totals.map((total) => Math.max(0, total));
  const [less, more] = [room.map((total) => Math.floor(total / 2)), room.map((total) => Math.ceil(total / 2))];
  return {
    windows: { ...windows, pads: mode === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less] },
    extra: extra.map((each, axis) => each + Math.max(0, -(totals[axis] as number))),
  };
}
