// MaxUnpool: the indices count over the tensor of the size that the pool's windows give; a larger `output_shape` is filled up
// with zeros at the end.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { ints, type Size, type WriteContext } from '../../writing/write-context.ts';
import { padsOf, perAxis, readWindows, windowAttributes } from '../windows.ts';
import { perPlane } from './indices.ts';

export const maxUnpoolForm: OnnxForm = {
  op: 'MaxUnpool',
  read(context) {
    const windows = readWindows(context);
    if (windows.axes !== 2) context.fail('only pictures are supported');
    const [batch = null, channels = null, ...sizes] = context.sizes(0);
    const own = sizes.map((size, axis) => {
      const input = size ?? context.fail('the size of its input is not known');
      const pads = (windows.pads[axis] as number) + (windows.pads[axis + 2] as number);
      return (input - 1) * (windows.strides[axis] as number) + (windows.kernel[axis] as number) - pads;
    });
    const indices = perPlane(context, context.wire(1), [batch, channels, ...own]);
    const inputs = { x: context.wire(0), indices };
    const wanted = context.given(2) ? context.decisive(2).slice(-2) : own;
    const rest = wanted.map((size, axis) => size - (own[axis] as number));
    const attributes = windowAttributes(windows);
    if (rest.every((each) => each === 0)) context.result('max_unpool2d', inputs, attributes);
    else fill(context, context.value('max_unpool2d', inputs, attributes), rest);
  },
  write: { max_unpool2d: write },
};

function fill(context: ReadContext, y: string, rest: readonly number[]): void {
  if (rest.some((each) => each < 0)) context.fail('output_shape is smaller than its windows make it');
  // As PyTorch: left, right, top, bottom.
  context.result('pad', { x: y }, { pad: [0, rest[1], 0, rest[0]] });
}

function write(context: WriteContext): void {
  const { inputs, outputs, attributes } = context;
  const { x, indices } = inputs;
  const sizes: readonly Size[] = outputs['y']?.sizes ?? [];
  const [batch, channels, ...plane] = sizes.map((size) => (typeof size === 'number' ? size : null));
  if (batch === null || batch === undefined || channels === null || plane.some((size) => size === null)) {
    context.cannot('indices over the whole tensor need a fixed batch');
    return;
  }
  const kernel = perAxis(attributes['kernel_size'], 2);
  const size = (plane as number[]).reduce((product, each) => product * each, 1);
  const starts = Array.from({ length: batch * (channels ?? 1) }, (_, i) => i * size);
  const shape = context.int64([batch, channels ?? 1, 1, 1]);
  const first = context.value('Reshape', [context.int64(starts), shape]);
  const whole = context.value('Add', [context.value('Cast', [indices], { to: { int: 7 } }), first]);
  const { stride } = attributes;
  context.result('MaxUnpool', [x, whole, context.sizes(sizes)], {
    kernel_shape: ints(kernel),
    strides: ints(stride === undefined ? kernel : perAxis(stride, 2)),
    pads: ints(padsOf(attributes['padding'], 2)),
  });
}
