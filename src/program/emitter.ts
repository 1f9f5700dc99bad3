// What operators, optimisers and passes write programs with: one method a kernel. Shapes given here are trusted: inference
// has already answered for the user's mistakes. program/create-emitter.ts implements it.

import type { DType } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Operand, Ref } from './access.ts';
import type { Piece } from './assemble-groups.ts';
import type { ExpressionBuilder, Line } from './expression-builder.ts';
import type { Conv2dGeometry, Conv2dSpec, Pool2dGeometry } from './kernel-spec.ts';

export type ExpressionFunction = (e: ExpressionBuilder, ...inputs: Line[]) => Line;
export type ExpressionsFunction = (e: ExpressionBuilder, ...inputs: Line[]) => readonly Line[];

export interface ReduceOptions {
  /** Axes to fold (non-negative). */
  readonly axes: readonly number[];
  readonly by?: 'sum' | 'max' | 'min' | 'prod';
  readonly keepdim?: boolean;
  /** int32: whole numbers exactly, of int32 operands, without `finish`. */
  readonly dtype?: DType;
  /** What is accumulated; the first operand itself by default. */
  readonly value?: ExpressionFunction;
  /** Applied to the accumulated number. */
  readonly finish?: (e: ExpressionBuilder, accumulated: Line) => Line;
}

export interface GemmOptions {
  /** `[…batch, m, k]`; strided operands transpose for free. */
  readonly a: Operand;
  /** `[…batch, k, n]` */
  readonly b: Operand;
  readonly epilogue?: EpilogueOptions;
}

/** Expression over the result; further operands broadcast to the output's shape. */
export interface EpilogueOptions {
  readonly operands: readonly Operand[];
  readonly value: ExpressionFunction;
}

export interface Emitter {
  /** out = f(operands) over their broadcast shape. int32 from int32 alone is exact where every line keeps whole numbers. */
  map(operands: readonly Operand[], f: ExpressionFunction, options?: { shape?: Shape; dtype?: DType }): Ref;
  /** Several results in one pass. */
  mapMany(
    operands: readonly Operand[],
    f: ExpressionsFunction,
    options?: { shape?: Shape; dtypes?: readonly DType[] },
  ): Ref[];
  /** Results stacked along a new middle position: result r fills columns [r·width, (r+1)·width) of the last axis. */
  mapColumns(operands: readonly Operand[], f: ExpressionsFunction): Ref;
  reduce(operands: readonly Operand[], options: ReduceOptions): Ref;
  /** Folds several quantities over the same axes in one pass. */
  reduceMany(
    operands: readonly Operand[],
    options: Omit<ReduceOptions, 'value' | 'by' | 'finish' | 'dtype'> & {
      readonly values: ExpressionsFunction;
      readonly by?: 'sum' | 'max' | 'min' | 'prod';
      readonly finish?: (e: ExpressionBuilder, accumulated: Line) => Line;
    },
  ): Ref[];
  /** Sums what broadcasting repeated, so that the result has `shape`. */
  sumTo(operand: Operand, shape: Shape): Ref;
  argReduce(operand: Operand, axis: number, by: 'max' | 'min'): Ref;
  gemm(options: GemmOptions): Ref;
  conv2d(
    direction: Conv2dSpec['direction'],
    geometry: Conv2dGeometry,
    inputs: readonly [Ref, Ref],
    epilogue?: EpilogueOptions,
  ): Ref;
  /** x → [y, indices]; `shape` of y. */
  maxPool2d(geometry: Pool2dGeometry, x: Ref, shape: Shape): [Ref, Ref];
  maxPool2dGrad(geometry: Pool2dGeometry, dy: Ref, indices: Ref, shape: Shape): Ref;
  avgPool2d(
    geometry: Pool2dGeometry,
    direction: 'forward' | 'backward',
    x: Ref,
    shape: Shape,
    countIncludePad: boolean,
  ): Ref;
  softmax(x: Ref, axis: number, log: boolean): Ref;
  /** Rows of `x` along `axis` at `index` (any shape): the axis is replaced by the index's shape. */
  gather(x: Ref, axis: number, index: Ref): Ref;
  scatterAdd(dy: Ref, axis: number, index: Ref, shape: Shape): Ref;
  /** Pieces side by side in a whole of `shape`; `fill` where there are none. They must not overlap. */
  assemble(shape: Shape, pieces: readonly Piece[], fill?: number): Ref;
  /** 1 with probability `keep`, else 0; new numbers every iteration. */
  bernoulli(shape: Shape, keep: number): Ref;
  /** Of `[…, n, n]` conflicts: 1 for each candidate that no earlier pick conflicts with, else 0; `[…, n]`. */
  greedySelect(conflicts: Ref): Ref;
  /** Same elements, other shape; costs nothing. A strided operand is copied first. Of a named value it is always a step of its own. */
  view(operand: Operand, shape: Shape): Ref;
  /** A contiguous copy. */
  copy(operand: Operand): Ref;
  fill(shape: Shape, value: number, dtype?: DType): Ref;
  constant(shape: Shape, values: ArrayLike<number>, dtype?: DType): Ref;
}
