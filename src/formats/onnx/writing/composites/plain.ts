// Small operators that ONNX has no word for.
import { arithmetic, reduce, reshape } from '../arithmetic.ts';
import { int, type OnnxInput, type OnnxValue, type WriteContext, type WriteForm } from '../write-context.ts';

const same: WriteForm = (context) => context.result('Identity', [context.inputs['x']]);

export const plain: Readonly<Record<string, WriteForm>> = {
  detach: same,
  // In inference nothing is dropped.
  dropout2d: same,
  drop_connect: same,
  square: ({ inputs, result }) => result('Mul', [inputs['x'], inputs['x']]),
  silu: ({ inputs, value, result }) => result('Mul', [inputs['x'], value('Sigmoid', [inputs['x']])]),
  not_equal(context) {
    const a = arithmetic(context);
    context.result('Cast', [a.not(a.equal(context.inputs['a'], context.inputs['b']))], { to: int(6) });
  },
  maxout(context) {
    const x = context.inputs['x'] as OnnxValue;
    const size = context.attributes['group_size'] as number;
    const [batch = 1, channels, ...rest] = x.sizes;
    const groups = (channels as number) / size;
    const grouped = reshape(context, x, x.sizes, [batch, groups, size, ...rest]);
    reduce(context, 'ReduceMax', grouped, { axes: [2], port: 'y' });
  },
  box_iou(context) {
    const { inputs } = context;
    const a = arithmetic(context);
    const [own, other] = [columns(context, inputs['a'], 1), columns(context, inputs['b'], 0)];
    const side = (low: number, high: number) =>
      a.max(a.sub(a.min(own[high], other[high]), a.max(own[low], other[low])), a.number(0));
    const area = (box: readonly OnnxInput[]) => a.mul(a.sub(box[2], box[0]), a.sub(box[3], box[1]));
    const shared = a.mul(side(0, 2), side(1, 3));
    context.result('Div', [shared, a.sub(a.add(area(own), area(other)), shared)]);
  },
};

/** x1, y1, x2, y2 of [N, 4], each with a new axis. */
function columns(context: WriteContext, boxes: OnnxInput, axis: number): string[] {
  return [0, 1, 2, 3].map((column) => {
    const line = context.value('Gather', [boxes, context.int64(column)], { axis: int(1) });
    return context.value('Unsqueeze', [line, context.int64([axis])]);
  });
}
