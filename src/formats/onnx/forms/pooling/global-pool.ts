// GlobalAveragePool, GlobalMaxPool, GlobalLpPool: over all axes but examples and channels, which stay with size 1.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';

function globalPool(op: string, picture: string, other: string): OnnxForm {
  return {
    op,
    read(context) {
      const rank = context.rank(0);
      if (rank === 4) context.result(picture, { x: context.wire(0) });
      else context.result(other, { x: context.wire(0) }, spatial(rank));
    },
    write: { [picture]: ({ inputs, result }) => result(op, [inputs['x']]) },
  };
}

function spatial(rank: number) {
  return { dim: Array.from({ length: rank - 2 }, (_, i) => i + 2), keepdim: true };
}

const globalLpPool: OnnxForm = {
  op: 'GlobalLpPool',
  read(context: ReadContext) {
    const p = context.opset < 2 ? context.float('p', 2) : context.int('p', 2);
    if (p !== 1 && p !== 2) context.fail(`the norm of order ${p} is not supported`);
    context.result(p === 1 ? 'l1_norm' : 'l2_norm', { x: context.wire(0) }, spatial(context.rank(0)));
  },
};

export const globalPoolForms: readonly OnnxForm[] = [
  globalPool('GlobalAveragePool', 'global_avg_pool2d', 'mean'),
  globalPool('GlobalMaxPool', 'global_max_pool2d', 'amax'),
  globalLpPool,
];
