// MaxUnpool: the indices count over the tensor of the size that the pool's windows give; a larger `output_shape` is filled up
// with zeros at the end.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int, ints, type Size, type WriteContext } from '../../writing/write-context.ts';
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
  const [batch = 1, channels, ...plane] = sizes;
  const kernel = perAxis(attributes['kernel_size'], 2);
  const size = plane.reduce<number>((product, each) => product * Number(each), 1);
  const planes = Array.from({ length: Number(channels) }, (_, c) => c * size);
  const places = context.value('Add', [
    context.value('Cast', [indices], { to: int(7) }),
    context.value('Reshape', [context.int64(planes), context.int64([1, -1, 1, 1])]),
  ]);
  const whole = context.value('Add', [places, pictureStarts(context, batch, planes.length * size)]);
  const { stride } = attributes;
  context.result('MaxUnpool', [x, whole, context.sizes(sizes)], {
    kernel_shape: ints(kernel),
    strides: ints(stride === undefined ? kernel : perAxis(stride, 2)),
    pads: ints(padsOf(attributes['padding'], 2)),
  });
}

/** [N, 1, 1, 1]: where each picture begins. */
function pictureStarts(context: WriteContext, batch: Size, size: number): string {
  const count = context.value('Squeeze', [context.sizes([batch])]);
  const pictures = context.value('Range', [context.int64(0), count, context.int64(1)]);
  const starts = context.value('Mul', [pictures, context.int64(size)]);
  return context.value('Reshape', [starts, context.int64([-1, 1, 1, 1])]);
}
