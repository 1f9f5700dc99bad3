// GlobalAveragePool, GlobalMaxPool, GlobalLpPool: over all axes but examples and channels, which stay with size 1.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int, type OnnxValue, type WriteContext } from '../../writing/write-context.ts';

function globalPool(op: string, picture: string, other: string): OnnxForm {
  return {
    op,
    read(context) {
      const rank = context.rank(0);
      if (rank === 4) context.result(picture, { x: context.wire(0) });
      else context.result(other, { x: context.wire(0) }, spatial(rank));
    },
    write: {
      [picture](context) {
        const { x } = context.inputs;
        context.result(op, [x]);
        if (context.outputs['indices'] && context.wanted('indices')) writePlace(context, x as OnnxValue);
      },
    },
  };
}

/** Where in its plane the largest stands. */
function writePlace(context: WriteContext, x: OnnxValue): void {
  const plane = context.value('Reshape', [x, context.int64([0, 0, -1])]);
  const place = context.value('ArgMax', [plane], { axis: int(2), keepdims: int(1) });
  const column = context.value('Unsqueeze', [place, context.int64([3])]);
  context.result('Cast', [column], { to: int(6) }, 'indices');
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
