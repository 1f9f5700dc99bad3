// ArgMax and ArgMin: the first of equal elements, or the last, which is the first from behind.
import type { Operator } from '../../../../operators/define-operator.ts';
import { argmax } from '../../../../operators/reduction/argmax.ts';
import { argmin } from '../../../../operators/reduction/argmin.ts';
import { topK } from '../../../../operators/reduction/top-k.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { needsReal, realInput } from '../../reading/real-input.ts';
import { int, type OnnxValue, type WriteContext } from '../../writing/write-context.ts';

function read(context: ReadContext, operator: Operator): void {
  const axis = context.int('axis', 0);
  const keepdim = context.int('keepdims', 1) !== 0;
  const last = context.int('select_last_index', 0) !== 0;
  const x = realInput(context, 0, operator);
  if (!last) {
    context.result(operator.id, { x }, { dim: axis, keepdim });
    return;
  }
  const size = context.sizes(0).at(axis);
  if (typeof size !== 'number') context.fail('the last of equal elements along the batch is not supported');
  const backwards = { starts: [-1], ends: [-0x7fff_ffff], dims: [axis], steps: [-1] };
  const place = context.value(operator.id, { x: context.value('slice', { x }, backwards) }, { dim: axis, keepdim });
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
    read: (context) => read(context, argmax),
    write: { argmax: (context) => write(context, 'ArgMax') },
  },
  {
    op: 'ArgMin',
    read: (context) => read(context, argmin),
    write: { argmin: (context) => write(context, 'ArgMin') },
  },
];

/** k is an attribute of operator sets below 10. */
export const topKForm: OnnxForm = {
  op: 'TopK',
  read(context) {
    context.int('sorted', 1);
    const [k] = context.has('k') ? [context.int('k')] : context.decisive(1);
    const x = realInput(context, 0, topK);
    const attributes = { k, dim: context.int('axis', -1), largest: context.int('largest', 1) !== 0 };
    const top = context.result('top_k', { x }, attributes);
    if (needsReal(context, 0, topK)) context.give(0, context.value('cast', { x: top.port('y') }, { dtype: 'int32' }));
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
