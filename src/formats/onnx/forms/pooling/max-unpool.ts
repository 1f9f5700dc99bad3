// MaxUnpool: the indices count over the tensor of the size that the pool's windows give; a larger `output_shape` is filled up
// with zeros at the end.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { reshape } from '../../writing/arithmetic.ts';
import { int, ints, type OnnxValue, type Size, text, type WriteContext } from '../../writing/write-context.ts';
import { halved, padsOf, perAxis, readWindows, windowAttributes } from '../windows.ts';
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

/**
 * As MaxUnpool where all agree on what that does. Of windows that overlap ours adds up what meets in one place, and of a larger
 * output readers differ on what the indices count: there every number is scattered to its place.
 */
function write(context: WriteContext): void {
  const { inputs, outputs, attributes } = context;
  const { x, indices } = inputs as { readonly x: OnnxValue; readonly indices: OnnxValue };
  const y = outputs['y'] as OnnxValue;
  const [batch = 1, channels = 1, ...plane] = y.sizes;
  const kernel = perAxis(attributes['kernel_size'], 2);
  const stride = attributes['stride'] === undefined ? kernel : perAxis(attributes['stride'], 2);
  // The pool's, on the plane that is made: where it has less reach than stride, the windows below do not make that plane.
  const same = kernel.map((size, axis) => Math.max(0, size - (stride[axis] as number)));
  const pads = attributes['padding'] === 'same' ? halved(same) : padsOf(attributes['padding'], 2);
  const windows = kernel.map((size, axis) => {
    const [step, input] = [stride[axis] as number, x.shape[axis + 2] as number];
    return (input - 1) * step + size - (pads[axis] as number) - (pads[axis + 2] as number);
  });
  const size = plane.reduce<number>((product, each) => product * Number(each), 1);
  const places = context.value('Cast', [indices], { to: int(7) });
  const apart = kernel.every((each, axis) => each <= (stride[axis] as number));
  if (!apart || windows.some((each, axis) => each !== plane[axis])) {
    const flat = context.int64([0, 0, -1]);
    const zeros = context.value('Expand', [context.float32(0), context.sizes([batch, channels, size])]);
    const lines = [places, x].map((each) => context.value('Reshape', [each, flat]));
    const scattered = context.value('ScatterElements', [zeros, ...lines], { axis: int(2), reduction: text('add') });
    reshape(context, scattered, [batch, channels, size], y.sizes, y.name);
    return;
  }
  const planes = Array.from({ length: Number(channels) }, (_, c) => c * size);
  const starts = context.value('Reshape', [context.int64(planes), context.int64([1, -1, 1, 1])]);
  const within = context.value('Add', [places, starts]);
  const whole = context.value('Add', [within, pictureStarts(context, batch, planes.length * size)]);
  const given = { kernel_shape: ints(kernel), strides: ints(stride), pads: ints(pads) };
  context.result('MaxUnpool', [x, whole], given);
}

/** [N, 1, 1, 1]: where each picture begins. */
function pictureStarts(context: WriteContext, batch: Size, size: number): string {
  const count = context.value('Squeeze', [context.sizes([batch])]);
  const pictures = context.value('Range', [context.int64(0), count, context.int64(1)]);
  const starts = context.value('Mul', [pictures, context.int64(size)]);
  return context.value('Reshape', [starts, context.int64([-1, 1, 1, 1])]);
}
