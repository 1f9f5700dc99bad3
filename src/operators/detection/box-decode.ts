// box_decode: boxes moved and stretched by predicted deltas.  Formula  centre' = centre + δ_xy/w_xy·size, size' = size·e^min(δ_wh/w_wh, clip)
// Shapes  x f32[…,M,4K] rows δx, δy, δw, δh for each of K classes  boxes f32[M,4] or […,M,4], rows x1, y1, x2, y2  y as x
// Errors  E_BOXES                                Gradient  through centre and size, see gradientFormula; where the clip holds 0 to δw, δh
// Source  Girshick et al. 2014 (R-CNN), Ren et al. 2015; torchvision BoxCoder
// Cost    6 flops a coordinate
import { z } from 'zod';
import { insertAxis, type Operand, type Ref, selectIndex } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { explainFunction, factorOf, say } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';

const scale = z.number().gt(0);
const attributes = z.strictObject({
  weights: z
    .tuple([scale, scale, scale, scale])
    .default([1, 1, 1, 1])
    .meta({ title: 'Weights', description: 'Deltas of x, y, width and height are divided by them' }),
  bbox_xform_clip: z
    .number()
    .default(4.135166556742356)
    .meta({ title: 'Largest log scale', description: 'Boxes grow e to this at most: 1000/16 unless set' }),
});
type Attributes = z.output<typeof attributes>;

/** The four columns of the last axis, as [L, M, K, 1]; boxes as [L or 1, M, 1, 1]. */
function columnsOf(emit: Emitter, rows: Ref, shape: Shape): readonly Operand[] {
  const view = emit.view(rows, shape);
  return [0, 1, 2, 3].map((column) => insertAxis(selectIndex(view, 3, column), 3));
}

function spaceOf(x: Shape): readonly [lead: number, boxes: number, classes: number] {
  return [numel(x.slice(0, -2)), x.at(-2) as number, (x.at(-1) as number) / 4];
}

function operandsOf(emit: Emitter, x: Ref, boxes: Ref, more: readonly Ref[] = []): readonly Operand[] {
  const [lead, count, classes] = spaceOf(x.shape);
  const own = boxes.shape.length === 2 ? 1 : lead;
  const each = (rows: Ref) => columnsOf(emit, rows, [lead, count, classes, 4]);
  return [...each(x), ...columnsOf(emit, boxes, [own, count, 1, 4]), ...more.flatMap(each)];
}

/** One axis (0: x, 1: y) of a box: what decoding makes of it, and what its gradient needs. */
function emitAxis(e: ExpressionBuilder, lines: readonly Line[], axis: 0 | 1, a: Attributes) {
  const [delta, stretch, low, high] = [0, 2, 4, 6].map((first) => lines[first + axis] as Line) as [
    Line,
    Line,
    Line,
    Line,
  ];
  const half = e.constant(0.5);
  const size = e.sub(high, low);
  const moved = e.div(delta, e.constant(a.weights[axis]));
  const log = e.div(stretch, e.constant(a.weights[axis === 0 ? 2 : 3]));
  const clip = e.constant(a.bbox_xform_clip);
  const factor = e.exp(e.min(log, clip));
  const reach = e.mul(half, e.mul(factor, size));
  const centre = e.add(e.mul(half, e.add(low, high)), e.mul(moved, size));
  return { size, moved, factor, from: e.sub(centre, reach), to: e.add(centre, reach), grows: e.le(log, clip) };
}

/** What arrives at the centre and at the size of the decoded box along an axis. */
function arriving(e: ExpressionBuilder, lines: readonly Line[], axis: 0 | 1) {
  const [atFrom, atTo] = [lines[8 + axis] as Line, lines[10 + axis] as Line];
  return { centre: e.add(atFrom, atTo), size: e.mul(e.constant(0.5), e.sub(atTo, atFrom)) };
}

/** One axis of one decoded box in float64. */
function decode(
  a: Attributes,
  axis: 0 | 1,
  { delta, stretch, low, high }: Record<'delta' | 'stretch' | 'low' | 'high', number>,
) {
  const size = high - low;
  const centre = (low + high) / 2 + (delta / a.weights[axis]) * size;
  const reach = (Math.exp(Math.min(stretch / a.weights[axis === 0 ? 2 : 3], a.bbox_xform_clip)) * size) / 2;
  return [centre - reach, centre + reach] as const;
}

/** The four numbers that make coordinate `index` of y. */
function sourcesOf(x: ReferenceTensor, boxes: ReferenceTensor, index: number) {
  const [, count, classes] = spaceOf(x.shape);
  const column = index % 4;
  const axis = (column % 2) as 0 | 1;
  const group = index - column;
  const row = Math.floor(index / (4 * classes));
  const box = 4 * (boxes.shape.length === 2 ? row % count : row);
  return {
    axis,
    side: column < 2 ? (0 as const) : (1 as const),
    delta: factorOf('x', x, group + axis),
    stretch: factorOf('x', x, group + 2 + axis),
    low: factorOf('boxes', boxes, box + axis),
    high: factorOf('boxes', boxes, box + 2 + axis),
  };
}

function decoded(a: Attributes, x: ReferenceTensor, boxes: ReferenceTensor, index: number): number {
  const { axis, side, delta, stretch, low, high } = sourcesOf(x, boxes, index);
  const numbers = { delta: delta.value, stretch: stretch.value, low: low.value, high: high.value };
  return decode(a, axis, numbers)[side];
}

export const boxDecode = defineOperator({
  id: 'box_decode',
  family: 'detection',
  title: 'Decode boxes',
  summary: 'Moves and stretches boxes, such as anchors, by the deltas that a detector predicts.',
  formula:
    "c'_x = c_x + \\frac{\\delta_x}{w_x}\\, W, \\quad W' = W\\, e^{\\min(\\delta_w / w_w,\\, m)}, \\quad x'_{1,2} = c'_x \\mp \\tfrac12 W' \\quad (y \\text{ and } H \\text{ alike})",
  gradientFormula:
    "d\\delta_x = (dx'_1 + dx'_2)\\, \\frac{W}{w_x}, \\quad d\\delta_w = \\tfrac12 (dx'_2 - dx'_1)\\, \\frac{W'}{w_w}, \\quad dW = (dx'_1 + dx'_2)\\, \\frac{\\delta_x}{w_x} + \\tfrac12 (dx'_2 - dx'_1)\\, \\frac{W'}{W}, \\quad dx_{1,2} = \\tfrac12 (dx'_1 + dx'_2) \\mp dW",
  gradientNote: 'Kink where the clip m begins: it passes the gradient there, beyond it none, as in PyTorch.',
  shapes: {
    x: '[…, M, 4K], four deltas for each of K classes',
    boxes: '[M, 4] or […, M, 4], rows x1, y1, x2, y2',
    y: 'as x',
  },
  source: 'Girshick et al. 2014 (R-CNN), Ren et al. 2015; torchvision.models.detection._utils.BoxCoder',
  keywords: ['box regression', 'bounding box', 'deltas', 'transform', 'anchors', 'rpn', 'detection'],
  inputs: { x: { title: 'Deltas', rank: [2, 8] }, boxes: { title: 'Boxes', rank: [2, 8] } },
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: {},
  infer({ inputs: { x, boxes }, source, fail }) {
    if ((x.shape.at(-1) as number) % 4 !== 0) {
      return fail(
        'E_BOXES',
        { port: 'x' },
        `expects four deltas a class, gets ${formatShape(x.shape)} from ${source('x')}`,
      );
    }
    const each = [...x.shape.slice(0, -1), 4];
    if (sameShape(boxes.shape, each) || sameShape(boxes.shape, each.slice(-2))) {
      return { outputs: { y: { dtype: 'float32', shape: x.shape } } };
    }
    const expected = `expects ${formatShape(each.slice(-2))}${each.length > 2 ? ` or ${formatShape(each)}` : ''}`;
    return fail(
      'E_BOXES',
      { port: 'boxes' },
      `${expected} for these deltas, gets ${formatShape(boxes.shape)} from ${source('boxes')}`,
    );
  },
  forward({ emit, inputs: { x, boxes }, attributes: a }) {
    const y = emit.mapColumns(operandsOf(emit, x, boxes), (e, ...lines) => {
      const [wide, high] = [emitAxis(e, lines, 0, a), emitAxis(e, lines, 1, a)];
      return [wide.from, high.from, wide.to, high.to];
    });
    return { outputs: { y: emit.view(y, x.shape) } };
  },
  gradient({ emit, inputs: { x, boxes }, attributes: a, cotangents, needs }) {
    const operands = operandsOf(emit, x, boxes, [cotangents.y]);
    const toDeltas = () =>
      emit.mapColumns(operands, (e, ...lines) => {
        const axes = ([0, 1] as const).map((axis) => {
          const { size, factor, grows } = emitAxis(e, lines, axis, a);
          const at = arriving(e, lines, axis);
          const log = e.mul(at.size, e.mul(factor, e.div(size, e.constant(a.weights[axis === 0 ? 2 : 3]))));
          return {
            moved: e.mul(at.centre, e.div(size, e.constant(a.weights[axis]))),
            log: e.select(grows, log, e.constant(0)),
          };
        });
        return [...axes.map(({ moved }) => moved), ...axes.map(({ log }) => log)];
      });
    const toBoxes = () => {
      const columns = emit.reduceMany(operands, {
        axes: boxes.shape.length === 2 ? [0, 2, 3] : [2, 3],
        values: (e, ...lines) => {
          const axes = ([0, 1] as const).map((axis) => {
            const { moved, factor } = emitAxis(e, lines, axis, a);
            const at = arriving(e, lines, axis);
            const centre = e.mul(e.constant(0.5), at.centre);
            const size = e.add(e.mul(at.centre, moved), e.mul(at.size, factor));
            return { low: e.sub(centre, size), high: e.add(centre, size) };
          });
          return [...axes.map(({ low }) => low), ...axes.map(({ high }) => high)];
        },
      });
      const count = numel(boxes.shape) / 4;
      const pieces = columns.map((column, i) => ({ operand: insertAxis(emit.view(column, [count]), 1), at: [0, i] }));
      return emit.view(emit.assemble([count, 4], pieces), boxes.shape);
    };
    return {
      x: needs('x') ? emit.view(toDeltas(), x.shape) : undefined,
      boxes: needs('boxes') ? toBoxes() : undefined,
    };
  },
  reference: ({ inputs: { x, boxes }, attributes: a }) => ({ y: x.data.map((_, i) => decoded(a, x, boxes, i)) }),
  explain({ inputs: { x, boxes }, attributes: a, index }) {
    const { delta, stretch, low, high, side } = sourcesOf(x, boxes, index);
    const factors = [delta, stretch, low, high];
    const box = `${say(low.value)} … ${say(high.value)}`;
    const text = `${side === 0 ? 'begin' : 'end'} of ${box} moved by ${say(delta.value)}, stretched by e^${say(stretch.value)}`;
    return explainFunction(factors, decoded(a, x, boxes, index), text);
  },
  flops: ({ outputs }) => 6 * numel(outputs.y.shape),
  onnx: null,
  pytorch: 'torchvision.models.detection._utils.BoxCoder.decode',
  samples: [
    { inputs: { x: [3, 4], boxes: { shape: [3, 4], low: 0, high: 8 } } },
    {
      attributes: { weights: [10, 10, 5, 5] },
      inputs: { x: [2, 3, 8], boxes: { shape: [3, 4], low: 0, high: 8 } },
    },
    {
      attributes: { weights: [0.5, 2, 1, 1], bbox_xform_clip: 0.3 },
      inputs: { x: [2, 2, 4], boxes: { shape: [2, 2, 4], low: 0, high: 8 } },
    },
  ],
});
