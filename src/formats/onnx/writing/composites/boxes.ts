// Boxes as rows x1, y1, x2, y2: how much they overlap, anchors, and boxes corrected by deltas.
import { type Arithmetic, arithmetic, reshape } from '../arithmetic.ts';
import { int, type OnnxInput, type OnnxValue, type Size, type WriteContext, type WriteForm } from '../write-context.ts';

export const boxes: Readonly<Record<string, WriteForm>> = {
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
  box_decode: decode,
};

/** x1, y1, x2, y2 of [N, 4], each with a new axis. */
function columns(context: WriteContext, boxes: OnnxInput, axis: number): string[] {
  return [0, 1, 2, 3].map((column) => {
    const line = context.value('Gather', [boxes, context.int64(column)], { axis: int(1) });
    return context.value('Unsqueeze', [line, context.int64([axis])]);
  });
}

/** Column `index` of the last axis, which stays as size 1. */
function column(context: WriteContext, rows: OnnxInput, index: number): string {
  return context.value('Gather', [rows, context.int64([index])], { axis: int(-1) });
}

function decode(context: WriteContext): void {
  const { x, boxes: given } = context.inputs as { readonly x: OnnxValue; readonly boxes: OnnxValue };
  const { weights, bbox_xform_clip: clip } = context.attributes as {
    readonly weights: readonly number[];
    readonly bbox_xform_clip: number;
  };
  const a = arithmetic(context);
  const classes = (x.shape.at(-1) as number) / 4;
  const apart: readonly Size[] = [...x.sizes.slice(0, -1), classes, 4];
  const deltas = classes === 1 ? x : reshape(context, x, x.sizes, apart);
  const rows = classes === 1 ? given : context.value('Unsqueeze', [given, context.int64([-2])]);
  const axes = [0, 1].map((axis) => {
    const [low, high] = [column(context, rows, axis), column(context, rows, axis + 2)];
    const size = a.sub(high, low);
    const scaled = (index: number) => a.div(column(context, deltas, index), a.number(weights[index] as number));
    const centre = a.add(halved(a, a.add(low, high)), a.mul(scaled(axis), size));
    const reach = halved(a, a.mul(a.exp(a.min(scaled(axis + 2), a.number(clip))), size));
    return { from: a.sub(centre, reach), to: a.add(centre, reach) };
  });
  const corners = [...axes.map(({ from }) => from), ...axes.map(({ to }) => to)];
  if (classes === 1) context.result('Concat', corners, { axis: int(-1) });
  else {
    const joined = context.value('Concat', corners, { axis: int(-1) });
    reshape(context, joined, apart, x.sizes, (context.outputs['y'] as OnnxValue).name);
  }
}

function halved(a: Arithmetic, x: string): string {
  return a.mul(x, a.number(0.5));
}
