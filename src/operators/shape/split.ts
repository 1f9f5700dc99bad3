// split: a tensor in pieces.                     Formula  yᵢ = x[…, sᵢ … sᵢ+nᵢ−1, …]
// Shapes  x of rank ≥ 1  y0, y1, … of the sizes nᵢ along `dim`; one number cuts pieces of that size, the last may be smaller
// Errors  E_DIM  E_SPLIT                         Gradient  dx = the dyᵢ side by side, 0 where nothing depends on yᵢ
// Source  PyTorch split, ONNX Split-13
import { z } from 'zod';
import { sliceAxis } from '../../program/access.ts';
import { formatShape, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { reindexReference } from '../support/reindex.ts';

/** Every piece is an output with a name. */
const mostPieces = 1024;

const size = z.int().min(1).max(1_000_000_000);
const attributes = z.strictObject({
  split_size: z
    .union([size, z.array(size).min(1).max(mostPieces)])
    .default(1)
    .meta({ title: 'Sizes', description: 'One number for all pieces, or the size of each' }),
  dim: z.int().default(0).meta({ title: 'Dimension' }),
});
type Attributes = z.output<typeof attributes>;

interface Piece {
  readonly start: number;
  readonly length: number;
}

function piecesOf({ split_size: sizes }: Attributes, total: number): Piece[] {
  const pieces: Piece[] = [];
  const each = typeof sizes === 'number' ? sizes : 0;
  const lengths = typeof sizes === 'number' ? new Array<number>(Math.ceil(total / each)).fill(each) : sizes;
  let start = 0;
  for (const length of lengths) {
    pieces.push({ start, length: Math.min(length, total - start) });
    start += length;
  }
  return pieces;
}

function sourceOf(a: Attributes, x: Shape, piece: number, index: number): number {
  const { size: total, inner } = aroundAxis(x, axisOf(a.dim, x.length));
  const { start, length } = piecesOf(a, total)[piece] as Piece;
  const row = Math.floor(index / inner);
  return (Math.floor(row / length) * total + start + (row % length)) * inner + (index % inner);
}

export const split = defineOperator({
  id: 'split',
  family: 'shape',
  title: 'Split',
  summary: 'Cuts a tensor into pieces along a dimension: channels into branches, gates apart.',
  formula: 'y_i = x_{\\dots,\\, s_i : s_i + n_i,\\, \\dots}',
  gradientFormula: 'dx = [dy_0, dy_1, \\dots]',
  gradientNote: '0 where nothing depends on a piece.',
  shapes: { x: 'any of rank 1 or more', y: 'as x, with the size of the piece along `dim`' },
  source: 'PyTorch torch.split; ONNX Split',
  keywords: ['chunk', 'cut', 'pieces', 'branches'],
  inputs: { x: { title: 'Input', dtype: 'any', rank: [1, 8] }, split_size: knownNumbers('Sizes') },
  parameters: {},
  outputs: { y: { title: 'Pieces', dtype: 'any', variadic: 1 } },
  attributes,
  traits: { view: true },
  infer({ inputs: { x }, attributes: a, source, fail }) {
    const axis = checkAxis(a.dim, x.shape, 'dim', fail);
    if (axis === null) return null;
    const total = x.shape[axis] as number;
    const { split_size: sizes } = a;
    const sum = typeof sizes === 'number' ? total : sizes.reduce((left, right) => left + right, 0);
    const of = `dimension ${axis} of ${formatShape(x.shape)} from ${source('x')}`;
    if (sum !== total) {
      const message = `${(sizes as number[]).join(' + ')} = ${sum} pieces' elements, ${of} has ${total}`;
      return fail('E_SPLIT', { attribute: 'split_size' }, message);
    }
    const count = typeof sizes === 'number' ? Math.ceil(total / sizes) : sizes.length;
    if (count > mostPieces) {
      const message = `${of} would fall into ${count} pieces, ${mostPieces} are allowed`;
      return fail('E_SPLIT', { attribute: 'split_size' }, message);
    }
    return {
      outputs: { y: piecesOf(a, total).map(({ length }) => ({ dtype: x.dtype, shape: x.shape.with(axis, length) })) },
    };
  },
  forward({ emit, inputs: { x }, attributes: a }) {
    const axis = axisOf(a.dim, x.shape.length);
    const pieces = piecesOf(a, x.shape[axis] as number);
    return { outputs: { y: pieces.map(({ start, length }) => emit.copy(sliceAxis(x, axis, start, length))) } };
  },
  gradient({ emit, inputs: { x }, attributes: a, cotangents }) {
    const axis = axisOf(a.dim, x.shape.length);
    const origin = x.shape.map(() => 0);
    const pieces = piecesOf(a, x.shape[axis] as number).flatMap(({ start }, i) => {
      const operand = cotangents.y[i];
      return operand ? [{ operand, at: origin.with(axis, start) }] : [];
    });
    return { x: emit.assemble(x.shape, pieces) };
  },
  reference: ({ inputs: { x }, attributes: a, outputs }) => ({
    y: outputs.y.map(({ shape }, piece) => reindexReference(x, shape, (i) => sourceOf(a, x.shape, piece, i))),
  }),
  explain: ({ inputs: { x }, attributes: a, port, index }) =>
    explainCopy(factorOf('x', x, sourceOf(a, x.shape, Number(port.slice(1)), index))),
  flops: () => 0,
  onnx: { op: 'Split', attributes: { split_size: 'split', dim: 'axis' } },
  pytorch: 'torch.split',
  samples: [
    { attributes: { split_size: [1, 2, 3], dim: 1 }, inputs: { x: [2, 6] } },
    { attributes: { split_size: 2, dim: -2 }, inputs: { x: [2, 5, 2] } },
    { inputs: { x: [3] } },
  ],
});
