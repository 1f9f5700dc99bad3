// box_iou: how much boxes overlap, pair by pair.  Formula  y[i,j] = |a_i ∩ b_j| / |a_i ∪ b_j|
// Shapes  a f32[N,4]  b f32[M,4], rows x1, y1, x2, y2  y f32[N,M]
// Errors  E_BOXES                                Gradient  through I and U: dy·((U + I)·dI − I·dA)/U², A the box's own area; 0 at the kinks
// Source  Jaccard 1901; torchvision.ops.box_iou  Cost  13 flops a pair
import { z } from 'zod';
import { insertAxis, type Operand, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Line } from '../../program/expression-builder.ts';
import { formatShape, numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { explainFunction, factorOf, say } from '../support/explain.ts';
import { oneOutput } from '../support/unary.ts';
import { type Box, boxAt, columnsOf, emitShared, overlapOf } from './boxes.ts';

/** Columns of a as [N, 1], of b as [1, M]. */
function pairs(a: Ref, b: Ref): { readonly own: readonly Operand[]; readonly other: readonly Operand[] } {
  return {
    own: columnsOf(a).map((column) => insertAxis(column, 1)),
    other: columnsOf(b).map((column) => insertAxis(column, 0)),
  };
}

/** Gradient of `own` boxes [K, 4]: sums over the other boxes, which lie along `axis`. */
function gradientOf(
  emit: Emitter,
  own: readonly Operand[],
  other: readonly Operand[],
  dy: Ref,
  axis: 0 | 1,
  count: number,
): Ref {
  const columns = emit.reduceMany([...own, ...other, dy], {
    axes: [axis],
    values: (e, ...lines) => {
      const a = lines.slice(0, 4) as unknown as Box<Line>;
      const b = lines.slice(4, 8) as unknown as Box<Line>;
      const { width, height, shared, union } = emitShared(e, a, b);
      const scale = e.div(lines[8] as Line, e.mul(union, union));
      const [both, touch] = [e.add(union, shared), e.gt(shared, e.constant(0))];
      const slope = (inside: Line, ofShared: Line, ofOwn: Line) =>
        e.mul(scale, e.sub(e.mul(both, e.mul(e.and(touch, inside), ofShared)), e.mul(shared, ofOwn)));
      const [wide, high] = [e.sub(a[2], a[0]), e.sub(a[3], a[1])];
      return [
        slope(e.gt(a[0], b[0]), e.neg(height), e.neg(high)),
        slope(e.gt(a[1], b[1]), e.neg(width), e.neg(wide)),
        slope(e.lt(a[2], b[2]), height, high),
        slope(e.lt(a[3], b[3]), width, wide),
      ];
    },
  });
  return emit.assemble(
    [count, 4],
    columns.map((column, i) => ({ operand: insertAxis(column, 1), at: [0, i] })),
  );
}

export const boxIou = defineOperator({
  id: 'box_iou',
  family: 'detection',
  title: 'Box IoU',
  summary: 'Intersection over union of every box of one list with every box of another.',
  formula: 'y_{ij} = \\frac{|a_i \\cap b_j|}{|a_i \\cup b_j|}',
  gradientFormula:
    'da_i = \\sum_j dy_{ij}\\, \\frac{(U_{ij} + I_{ij})\\, \\partial I_{ij} - I_{ij}\\, \\partial A_i}{U_{ij}^2}',
  gradientNote: 'I is the overlap, U the union, A the box’s own area; db alike. Kinks where edges meet: 0 is chosen.',
  shapes: { a: '[N, 4], rows x1, y1, x2, y2', b: '[M, 4], likewise', y: '[N, M]' },
  source: 'Jaccard 1901; torchvision.ops.box_iou',
  keywords: ['intersection over union', 'jaccard', 'overlap', 'detection', 'anchors'],
  inputs: { a: { title: 'Boxes', rank: 2 }, b: { title: 'Other boxes', rank: 2 } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({}),
  traits: {},
  infer({ inputs, source, fail }) {
    for (const port of ['a', 'b'] as const) {
      const { shape } = inputs[port];
      if (shape[1] === 4) continue;
      return fail('E_BOXES', { port }, `expects rows x1, y1, x2, y2, gets ${formatShape(shape)} from ${source(port)}`);
    }
    return { outputs: { y: { dtype: 'float32', shape: [inputs.a.shape[0] as number, inputs.b.shape[0] as number] } } };
  },
  forward({ emit, inputs: { a, b } }) {
    const { own, other } = pairs(a, b);
    const y = emit.map([...own, ...other], (e, ...lines) => {
      const [left, right] = [lines.slice(0, 4), lines.slice(4)] as unknown as [Box<Line>, Box<Line>];
      const { shared, union } = emitShared(e, left, right);
      return e.div(shared, union);
    });
    return { outputs: { y } };
  },
  gradient({ emit, inputs: { a, b }, cotangents, needs }) {
    const { own, other } = pairs(a, b);
    const [n, m] = [a.shape[0] as number, b.shape[0] as number];
    return {
      a: needs('a') ? gradientOf(emit, own, other, cotangents.y, 1, n) : undefined,
      b: needs('b') ? gradientOf(emit, other, own, cotangents.y, 0, m) : undefined,
    };
  },
  reference({ inputs: { a, b }, outputs }) {
    const m = b.shape[0] as number;
    const overlap = (i: number) => overlapOf(boxAt(a, Math.floor(i / m)), boxAt(b, i % m));
    return { y: Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) => overlap(i)) };
  },
  explain({ inputs: { a, b }, index }) {
    const m = b.shape[0] as number;
    const [i, j] = [Math.floor(index / m), index % m];
    const factors = [0, 1, 2, 3].flatMap((column) => [
      factorOf('a', a, 4 * i + column),
      factorOf('b', b, 4 * j + column),
    ]);
    const write = (box: Box<number>) => `(${box.map(say).join(', ')})`;
    const [own, other] = [boxAt(a, i), boxAt(b, j)];
    return explainFunction(factors, overlapOf(own, other), `IoU of ${write(own)} and ${write(other)}`);
  },
  flops: ({ outputs }) => 13 * numel(outputs.y.shape),
  onnx: null,
  pytorch: 'torchvision.ops.box_iou',
  samples: [
    { inputs: { a: { shape: [3, 4], low: 0, high: 4 }, b: { shape: [2, 4], low: 0, high: 4 } } },
    { inputs: { a: { shape: [1, 4], low: 1, high: 2 }, b: { shape: [4, 4], low: 1, high: 3 } } },
  ],
});
