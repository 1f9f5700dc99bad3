// non_max_suppression: the best of overlapping boxes.  Formula  by falling score, keep a box unless one kept before it has IoU > threshold with it
// Shapes  boxes f32[N,4] rows x1, y1, x2, y2  scores f32[N]  classes int32[N] (boxes of different classes never compete; may be left out)
//         y int32[K]: positions of the kept boxes by falling score, then −1; count int32 scalar. K: max_output, or N
// Errors  E_BOXES  E_SCORES                      Gradient  none: y is constant almost everywhere
// Source  torchvision.ops.nms and batched_nms, ONNX NonMaxSuppression-11 (which lists batch and class too); equal scores in their order
// Cost    15 flops a pair of boxes
import { z } from 'zod';
import { broadcastTo, insertAxis, type Operand, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Line } from '../../program/expression-builder.ts';
import { formatShape, numel } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { factorOf } from '../support/explain.ts';
import { type Box, boxAt, columnsOf, emitShared, overlapOf } from './boxes.ts';

interface Tensors<T> {
  readonly boxes: T;
  readonly scores: T;
  readonly classes: T | undefined;
}

interface Attributes {
  readonly iou_threshold: number;
  readonly score_threshold?: number | undefined;
}

/** Positions of the boxes by falling score, [N]. */
function emitOrder(emit: Emitter, scores: Ref): Ref {
  const rank = emit.reduce([insertAxis(scores, 1), insertAxis(scores, 0)], {
    axes: [1],
    value: (e, own, other) => {
      const earlier = e.lt(e.coordinate(1), e.coordinate(0));
      return e.or(e.gt(other, own), e.and(e.eq(other, own), earlier));
    },
  });
  const count = rank.shape[0] as number;
  const places = emit.reduce([broadcastTo(rank, [count, count])], {
    axes: [1],
    value: (e, own) => e.select(e.eq(own, e.coordinate(0)), e.coordinate(1), e.constant(0)),
  });
  return emit.map([places], (_, place) => place, { dtype: 'int32' });
}

/** Picks in the order of scores, 1 or 0. */
function emitPicks(emit: Emitter, { boxes, scores, classes }: Tensors<Ref>, order: Ref, a: Attributes): Ref {
  const sorted = columnsOf(emit.gather(boxes, 0, order));
  const kinds = classes ? [emit.gather(classes, 0, order)] : [];
  const along = (operands: readonly Operand[], axis: 0 | 1) => operands.map((operand) => insertAxis(operand, axis));
  const operands = [...along(sorted, 1), ...along(sorted, 0), ...along(kinds, 1), ...along(kinds, 0)];
  const conflicts = emit.map(operands, (e, ...lines) => {
    const [own, other] = [lines.slice(0, 4), lines.slice(4, 8)] as unknown as [Box<Line>, Box<Line>];
    const { shared, union } = emitShared(e, own, other);
    const over = e.gt(e.div(shared, union), e.constant(a.iou_threshold));
    return lines.length > 8 ? e.and(over, e.eq(lines[8] as Line, lines[9] as Line)) : over;
  });
  const picks = emit.greedySelect(conflicts);
  const least = a.score_threshold;
  if (least === undefined) return picks;
  return emit.map([picks, emit.gather(scores, 0, order)], (e, pick, score) =>
    e.and(pick, e.gt(score, e.constant(least))),
  );
}

/** Kept positions by falling score. */
function keptOf({ boxes, scores, classes }: Tensors<ReferenceTensor>, a: Attributes): number[] {
  const order = [...scores.data.keys()].sort(
    (i, j) => (scores.data[j] as number) - (scores.data[i] as number) || i - j,
  );
  const kept: number[] = [];
  for (const i of order) {
    const covered = kept.some(
      (k) =>
        (!classes || classes.data[k] === classes.data[i]) &&
        overlapOf(boxAt(boxes, k), boxAt(boxes, i)) > a.iou_threshold,
    );
    if (!covered) kept.push(i);
  }
  return kept.filter((i) => a.score_threshold === undefined || (scores.data[i] as number) > a.score_threshold);
}

export const nonMaxSuppression = defineOperator({
  id: 'non_max_suppression',
  family: 'detection',
  title: 'Non-max suppression',
  summary: 'Of boxes that overlap much keeps the one with the highest score.',
  formula: 'y = \\{ i : \\operatorname{IoU}(b_i, b_k) \\le t \\;\\; \\forall k \\in y,\\; s_k > s_i \\}',
  gradientFormula: null,
  gradientNote: 'Y is constant almost everywhere: there is no gradient.',
  shapes: {
    boxes: '[N, 4], rows x1, y1, x2, y2',
    scores: '[N]',
    classes: '[N]',
    y: '[K], K: `max_output`, or N; −1 behind the last',
    count: 'a scalar',
  },
  source: 'torchvision.ops.nms; ONNX NonMaxSuppression',
  keywords: ['nms', 'detection', 'duplicates', 'boxes', 'batched nms'],
  inputs: {
    boxes: { title: 'Boxes', rank: 2 },
    scores: { title: 'Scores', rank: 1 },
    classes: { title: 'Classes', dtype: 'int32', rank: 1, optional: true },
  },
  parameters: {},
  outputs: { y: { title: 'Kept boxes', dtype: 'int32' }, count: { title: 'How many', dtype: 'int32' } },
  attributes: z.strictObject({
    iou_threshold: z.number().min(0).max(1).default(0.5).meta({ title: 'Most overlap' }),
    score_threshold: z
      .number()
      .optional()
      .meta({ title: 'Least score', description: 'Boxes at or below it are dropped' }),
    max_output: z.int().min(1).max(100_000).optional().meta({ title: 'Most boxes', description: 'All when left out' }),
  }),
  traits: {},
  infer({ inputs: { boxes, scores, classes }, attributes: a, source, fail }) {
    const count = boxes.shape[0] as number;
    if (boxes.shape[1] !== 4) {
      const message = `expects rows x1, y1, x2, y2, gets ${formatShape(boxes.shape)} from ${source('boxes')}`;
      return fail('E_BOXES', { port: 'boxes' }, message);
    }
    for (const [port, type] of [['scores', scores] as const, ['classes', classes] as const]) {
      if (!type || type.shape[0] === count) continue;
      const message = `expects one number for each of ${count} boxes, gets ${formatShape(type.shape)} from ${source(port)}`;
      return fail('E_SCORES', { port }, message);
    }
    return {
      outputs: { y: { dtype: 'int32', shape: [a.max_output ?? count] }, count: { dtype: 'int32', shape: [] } },
    };
  },
  forward({ emit, inputs, attributes: a, outputs }) {
    const order = emitOrder(emit, inputs.scores);
    const picks = emitPicks(emit, inputs, order, a);
    const number = (ref: Ref) => emit.map([ref], (_, value) => value, { dtype: 'int32' });
    const count = picks.shape[0] as number;
    const before = emit.reduce([broadcastTo(picks, [count, count])], {
      axes: [1],
      value: (e, pick) => e.and(pick, e.lt(e.coordinate(1), e.coordinate(0))),
    });
    // Row k looks for the pick that has k picks before it.
    const size = outputs.y.shape[0] as number;
    const rows = emit.map([], (e) => e.coordinate(0), { shape: [size, 1] });
    const listed = emit.reduce([rows, ...[picks, before, order].map((ref) => insertAxis(ref, 0))], {
      axes: [1],
      value: (e, row, pick, place, position) =>
        e.select(e.and(pick, e.eq(place, row)), e.add(position, e.constant(1)), e.constant(0)),
      finish: (e, sum) => e.sub(sum, e.constant(1)),
    });
    return { outputs: { y: number(listed), count: number(emit.reduce([picks], { axes: [0] })) } };
  },
  gradient: null,
  reference({ inputs, attributes: a, outputs }) {
    const kept = keptOf(inputs, a);
    const size = outputs.y.shape[0] as number;
    return { y: Float64Array.from({ length: size }, (_, k) => kept[k] ?? -1), count: Float64Array.of(kept.length) };
  },
  explain({ inputs, attributes: a, port, index }) {
    const kept = keptOf(inputs, a);
    const at = port === 'count' ? undefined : kept[index];
    if (at === undefined) {
      const result = port === 'count' ? kept.length : -1;
      const text = `${kept.length} of ${inputs.scores.data.length} boxes are kept`;
      return { by: 'function', terms: [{ value: result, factors: [] }], result, text };
    }
    const factors = [
      factorOf('scores', inputs.scores, at),
      ...[0, 1, 2, 3].map((k) => factorOf('boxes', inputs.boxes, 4 * at + k)),
    ];
    const text = `box ${at} with score ${inputs.scores.data[at]} is kept as number ${index}`;
    return { by: 'function', terms: [{ value: at, factors }], result: at, text };
  },
  flops: ({ inputs }) => 15 * numel(inputs.scores.shape) * numel(inputs.scores.shape),
  onnx: {
    op: 'NonMaxSuppression',
    attributes: {
      iou_threshold: 'iou_threshold',
      score_threshold: 'score_threshold',
      max_output: 'max_output_boxes_per_class',
    },
  },
  pytorch: 'torchvision.ops.nms',
  samples: [
    {
      attributes: { iou_threshold: 0.1 },
      inputs: { boxes: { shape: [6, 4], low: 0, high: 4 }, scores: { shape: [6], low: 0, high: 1 } },
    },
    {
      attributes: { iou_threshold: 0, score_threshold: 0.3, max_output: 4 },
      inputs: {
        boxes: { shape: [7, 4], low: 0, high: 2 },
        scores: { shape: [7], low: 0, high: 1 },
        classes: { shape: [7], below: 2 },
      },
    },
  ],
});
