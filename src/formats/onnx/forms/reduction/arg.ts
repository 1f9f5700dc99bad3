// ArgMax and ArgMin: the first of equal elements, or the last, which is the first from behind.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int, type OnnxValue, type WriteContext } from '../../writing/write-context.ts';

function read(context: ReadContext, operator: string): void {
  const axis = context.int('axis', 0);
  const keepdim = context.int('keepdims', 1) !== 0;
  const last = context.int('select_last_index', 0) !== 0;
  const { dtype } = context.type(0);
  const x = dtype === 'float32' ? context.wire(0) : context.value('cast', { x: context.wire(0) }, { dtype: 'float32' });
  if (!last) {
    context.result(operator, { x }, { dim: axis, keepdim });
    return;
  }
  const size = context.sizes(0).at(axis);
  if (typeof size !== 'number') context.fail('the last of equal elements along the batch');
  const backwards = { starts: [-1], ends: [-0x7fff_ffff], dims: [axis], steps: [-1] };
  const place = context.value(operator, { x: context.value('slice', { x }, backwards) }, { dim: axis, keepdim });
  context.result('sub', { a: context.number(size - 1, 'int32'), b: place });
}

/** ONNX counts in int64; without `dim` ours counts through all of x. */
function write(context: WriteContext, op: string): void {
  const x = context.inputs['x'] as OnnxValue;
  const { dim, keepdim } = context.attributes as { readonly dim?: number; readonly keepdim: boolean };
  const all = dim === undefined;
  const line = all ? context.value('Reshape', [x, context.int64([-1])]) : x;
  const keeps = keepdim && !all ? 1 : 0;
  const place = context.value(op, [line], { axis: int(dim ?? 0), keepdims: int(keeps) });
  const kept = all && keepdim ? context.value('Reshape', [place, context.int64(x.shape.map(() => 1))]) : place;
  context.result('Cast', [kept], { to: int(6) });
}

export const argForms: readonly OnnxForm[] = [
  {
    op: 'ArgMax',
    read: (context) => read(context, 'argmax'),
    write: { argmax: (context) => write(context, 'ArgMax') },
  },
  {
    op: 'ArgMin',
    read: (context) => read(context, 'argmin'),
    write: { argmin: (context) => write(context, 'ArgMin') },
  },
];

/** k is an attribute of operator sets below 10. */
export const topKForm: OnnxForm = {
  op: 'TopK',
  read(context) {
    context.int('sorted', 1);
    const [k] = context.has('k') ? [context.int('k')] : context.decisive(1);
    const { dtype } = context.type(0);
    const real = dtype === 'float32';
    const x = real ? context.wire(0) : context.value('cast', { x: context.wire(0) }, { dtype: 'float32' });
    const attributes = { k, dim: context.int('axis', -1), largest: context.int('largest', 1) !== 0 };
    const top = context.result('top_k', { x }, attributes);
    if (!real) context.give(0, context.value('cast', { x: top.port('y') }, { dtype }));
    context.give(1, top.port('indices'));
  },
  write: {
    top_k(context) {
      const { k, dim, largest } = context.attributes as {
        readonly k: number;
        readonly dim: number;
        readonly largest: boolean;
      };
      const { y, indices } = context.outputs as { readonly y: OnnxValue; readonly indices: OnnxValue };
      const places = `${context.path}:places`;
      const attributes = { axis: int(dim), largest: int(largest ? 1 : 0) };
      context.node('TopK', [context.inputs['x'], context.int64([k])], attributes, { outputs: [y.name, places] });
      context.node('Cast', [places], { to: int(6) }, { outputs: [indices.name] });
    },
  },
};
