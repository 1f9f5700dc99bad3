// Softmax, LogSoftmax: along one axis from operator set 13 on; before, over everything from `axis` on as one row.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int } from '../../writing/write-context.ts';

function softmax(op: string, ours: string): OnnxForm {
  return {
    op,
    read(context) {
      const old = context.opset < 13;
      const given = context.int('axis', old ? 1 : -1);
      const rank = context.rank(0);
      const axis = given < 0 ? given + rank : given;
      if (old && axis < rank - 1) overRows(context, ours, axis);
      else context.result(ours, { x: context.wire(0) }, { dim: old ? -1 : given });
    },
    write: {
      [ours]: ({ inputs, attributes, result }) => result(op, [inputs['x']], { axis: int(Number(attributes['dim'])) }),
    },
  };
}

function overRows(context: ReadContext, ours: string, axis: number): void {
  const sizes = context.sizes(0).slice(axis);
  const open = sizes.filter((size) => size === null).length;
  if (open > 1) context.fail('sizes that are not known stand behind its axis, which is not supported');
  const rows = context.value('flatten', { x: context.wire(0) }, { start_dim: axis });
  const y = context.result(ours, { x: rows }, { dim: -1 });
  // Back into shape: 0 keeps a size that flattening left alone.
  const shape = [...Array.from({ length: axis }, () => 0), ...sizes.map((size) => size ?? -1)];
  context.give(0, context.value('reshape', { x: y.y }, { shape }));
}

export const softmaxForms: readonly OnnxForm[] = [softmax('Softmax', 'softmax'), softmax('LogSoftmax', 'log_softmax')];
