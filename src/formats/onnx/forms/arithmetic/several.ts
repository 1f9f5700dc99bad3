// Sum, Mean, Max, Min: any number of operands, taken two by two.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

/** f(f(x0, x1), x2) …; the last application bears the node's name unless `inner` says that it is not the last. */
function fold(context: ReadContext, ours: string, inner: boolean): Wire {
  let total = context.wire(0);
  for (let i = 1; i < context.inputCount; i++) {
    const pair = { a: total, b: context.wire(i) };
    const last = i === context.inputCount - 1 && !inner;
    total = last ? context.result(ours, pair).y : context.value(ours, pair);
  }
  return total;
}

function several(op: string, ours: string): OnnxForm {
  return {
    op,
    read(context) {
      if (context.inputCount === 1) context.same(0, 0);
      else fold(context, ours, false);
    },
    ...(ours === 'add' ? {} : { write: { [ours]: ({ inputs, result }) => result(op, [inputs['a'], inputs['b']]) } }),
  };
}

const mean: OnnxForm = {
  op: 'Mean',
  read(context) {
    if (context.inputCount === 1) context.same(0, 0);
    else context.result('div', { a: fold(context, 'add', true), b: context.number(context.inputCount) });
  },
};

export const severalForms: readonly OnnxForm[] = [
  several('Sum', 'add'),
  several('Max', 'maximum'),
  several('Min', 'minimum'),
  mean,
];
