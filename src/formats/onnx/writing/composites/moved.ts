// Elements in other places, and numbers of computed sizes, which ONNX has no operators for.
import { numel } from '../../../../tensor/shape.ts';
import { int, type OnnxInput, type OnnxValue, type WriteContext, type WriteForm } from '../write-context.ts';

const [first, last] = [-0x8000_0000, 0x7fff_ffff];

/** Elements from `start` to before `end` along an axis. */
function part(context: WriteContext, x: OnnxInput, axis: number, start: number, end: number, step = 1): string {
  const lists = [[start], [end], [axis], [step]].map((list) => context.int64(list));
  return context.value('Slice', [x, ...lists]);
}

function flip(context: WriteContext): void {
  const { x } = context.inputs as { readonly x: OnnxValue };
  const dims = context.attributes['dims'] as readonly number[];
  let y: OnnxInput = x;
  for (const axis of dims.length === 0 ? x.shape.keys() : dims) y = part(context, y, axis, -1, first, -1);
  context.result('Identity', [y]);
}

function roll(context: WriteContext): void {
  const { x } = context.inputs as { readonly x: OnnxValue };
  const { shifts, dims } = context.attributes as {
    readonly shifts: readonly number[];
    readonly dims: readonly number[];
  };
  const whole = dims.length === 0;
  let y: OnnxInput = whole ? context.value('Reshape', [x, context.int64([-1])]) : x;
  for (const [i, shift] of shifts.entries()) {
    const axis = whole ? 0 : (dims[i] as number);
    const open = whole ? x.sizes.some((size) => typeof size !== 'number') : typeof x.sizes.at(axis) !== 'number';
    const size = whole ? numel(x.shape) : (x.shape.at(axis) as number);
    if (open) {
      context.cannot('it moves along the batch');
      return;
    }
    const by = ((shift % size) + size) % size;
    if (by === 0) continue;
    const halves = [part(context, y, axis, size - by, last), part(context, y, axis, 0, size - by)];
    y = context.value('Concat', halves, { axis: int(axis) });
  }
  if (whole) context.result('Reshape', [y, context.sizes(x.sizes)]);
  else context.result('Identity', [y]);
}

function full(context: WriteContext): void {
  const y = context.outputs['y'] as OnnxValue;
  const value = context.float32(context.attributes['fill_value'] as number);
  const typed = y.dtype === 'int32' ? context.value('Cast', [value], { to: int(6) }) : value;
  context.result('Expand', [typed, context.sizes(y.sizes)]);
}

export const moved: Readonly<Record<string, WriteForm>> = { flip, roll, full };
