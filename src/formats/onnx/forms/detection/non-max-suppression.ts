// NonMaxSuppression: for every picture and class our operator, the rows of all of them one after the other. How many rows
// there are depends on the scores, so the output is as long as it can get, and a count says how much of it counts.
import type { OnnxForm } from '../../onnx-form.ts';
import { filled } from '../../reading/literal.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { arithmetic, reduce } from '../../writing/arithmetic.ts';
import { int, type OnnxValue, type WriteContext } from '../../writing/write-context.ts';

/** Pairs of picture and class: each is a suppression of its own in the graph. */
const mostPairs = 128;

/** Boxes of one picture as x1, y1, x2, y2 (or y first: the overlap is the same), corners in order. */
function cornersOf(context: ReadContext, boxes: Wire): Wire {
  const [a, b, c, d] = columns(context, boxes);
  const half = (x: Wire) => context.value('mul', { a: x, b: context.number(0.5) });
  const binary = (op: string, left: Wire, right: Wire) => context.value(op, { a: left, b: right });
  const corners =
    context.int('center_point_box', 0) === 1
      ? [binary('sub', a, half(c)), binary('sub', b, half(d)), binary('add', a, half(c)), binary('add', b, half(d))]
      : [binary('minimum', a, c), binary('minimum', b, d), binary('maximum', a, c), binary('maximum', b, d)];
  return numbered(context, 'concat', corners, 1);
}

function columns(context: ReadContext, boxes: Wire): readonly [Wire, Wire, Wire, Wire] {
  const split = context.node('split', { x: boxes }, { split_size: [1, 1, 1, 1], dim: 1 });
  return [split.port('y0'), split.port('y1'), split.port('y2'), split.port('y3')];
}

function numbered(context: ReadContext, op: string, wires: readonly Wire[], dim: number): Wire {
  const [only] = wires;
  if (wires.length === 1 && op === 'concat' && only !== undefined) return only;
  return context.value(op, Object.fromEntries(wires.map((wire, i) => [`x${i}`, wire])), { dim });
}

function scalar(context: ReadContext, input: number): number | undefined {
  return context.given(input) ? context.decisive(input)[0] : undefined;
}

export const nonMaxSuppressionForm: OnnxForm = {
  op: 'NonMaxSuppression',
  read(context: ReadContext) {
    const [pictures, classes, boxes] = context.sizes(1) as readonly (number | null)[];
    if (typeof pictures !== 'number' || typeof classes !== 'number' || typeof boxes !== 'number')
      context.fail('scores whose sizes are only known when the graph is compiled are not supported');
    const most = Math.min(boxes, Math.max(0, scalar(context, 2) ?? 0));
    if (most === 0) {
      context.giveLiteral(0, filled('int32', [0, 3], 0));
      return;
    }
    if (pictures * classes > mostPairs)
      context.fail(`${pictures} pictures of ${classes} classes: at most ${mostPairs} pairs`);
    const least = scalar(context, 4);
    const attributes = {
      iou_threshold: scalar(context, 3) ?? 0,
      max_output: most,
      ...(least === undefined ? {} : { score_threshold: least }),
    };
    const rows: Wire[] = [];
    for (let picture = 0; picture < pictures; picture++) {
      const corners = cornersOf(context, selected(context, context.wire(0), picture));
      const scores = selected(context, context.wire(1), picture);
      for (let kind = 0; kind < classes; kind++) {
        const inputs = { boxes: corners, scores: selected(context, scores, kind) };
        const kept = context.value('non_max_suppression', inputs, attributes);
        rows.push(rowsOf(context, kept, [picture, kind]));
      }
    }
    const all = numbered(context, 'concat', rows, 0);
    const valid = context.value('greater_equal', {
      a: context.value('select', { x: all }, { dim: 1, index: 2 }),
      b: context.number(0, 'int32'),
    });
    const count = context.value('sum', { x: valid });
    context.giveRows(0, rows.length === 1 ? all : packed(context, all, valid, rows.length * most), count);
  },
  write: { non_max_suppression: write },
};

function selected(context: ReadContext, x: Wire, index: number): Wire {
  return context.value('select', { x }, { dim: 0, index });
}

/** [picture, class, box] for every kept box, −1 behind them. */
function rowsOf(context: ReadContext, kept: Wire, pair: readonly [number, number]): Wire {
  const none = context.value('less', { a: kept, b: context.number(0, 'int32') });
  const same = pair.map((value) => {
    const number = context.number(value, 'int32');
    return context.value('where', { condition: none, a: kept, b: number });
  });
  return numbered(context, 'stack', [...same, kept], 1);
}

/** Rows that count first, in their order: sorted by their places, with the others moved behind all. */
function packed(context: ReadContext, rows: Wire, valid: Wire, count: number): Wire {
  const places = context.constant({
    dtype: 'float32',
    shape: [count],
    data: Float32Array.from({ length: context.bounded(count) }, (_, i) => i),
  });
  const moved = context.value('add', { a: places, b: context.number(count) });
  const keys = context.value('where', { condition: valid, a: places, b: moved });
  const order = context.node('top_k', { x: keys }, { k: count, dim: 0, largest: false });
  return context.value('gather', { x: rows, indices: order.port('indices') }, { dim: 0 });
}

/** Boxes of different classes never meet: each class is moved to a place of its own. */
function apart(context: WriteContext, boxes: OnnxValue, classes: OnnxValue | undefined) {
  if (!classes) return boxes;
  const a = arithmetic(context);
  const span = a.sub(reduce(context, 'ReduceMax', boxes), reduce(context, 'ReduceMin', boxes));
  const shift = a.mul(a.real(classes), a.add(span, a.number(1)));
  return a.add(boxes, context.value('Unsqueeze', [shift, context.int64([1])]));
}

function write(context: WriteContext): void {
  const { boxes, scores, classes } = context.inputs as {
    readonly boxes: OnnxValue;
    readonly scores: OnnxValue;
    readonly classes?: OnnxValue;
  };
  const { iou_threshold: overlap, score_threshold: least } = context.attributes as {
    readonly iou_threshold: number;
    readonly score_threshold?: number;
  };
  const y = context.outputs['y'] as OnnxValue;
  const most = y.shape[0] as number;
  const lifted = context.value('Unsqueeze', [apart(context, boxes, classes), context.int64([0])]);
  const line = context.value('Unsqueeze', [scores, context.int64([0, 1])]);
  const limits = [
    context.int64([most]),
    context.float32([overlap]),
    least === undefined ? undefined : context.float32([least]),
  ];
  const rows = context.value('NonMaxSuppression', [lifted, line, ...limits]);
  const kept = context.value('Gather', [rows, context.int64(2)], { axis: int(1) });
  const count = context.value('Shape', [kept]);
  const missing = context.value('Sub', [context.int64([most]), count]);
  const pads = context.value('Concat', [context.int64([0]), missing], { axis: int(0) });
  const padded = context.value('Pad', [kept, pads, context.int64(-1)]);
  context.result('Cast', [padded], { to: int(6) });
  const single = context.value('Reshape', [count, context.int64([])]);
  context.result('Cast', [single], { to: int(6) }, 'count');
}
