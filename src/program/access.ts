// Strided windows on values: transposing, slicing and repeating cost nothing until a kernel reads through them.
import { assert } from '../tensor/assert.ts';
import type { DType } from '../tensor/dtype.ts';
import { broadcastStrides, rowMajorStrides, type Shape, type Strides } from '../tensor/shape.ts';
import type { Access } from './kernel-spec.ts';
import type { ValueId } from './program.ts';

/** A value while a program is being built. */
export interface Ref {
  readonly id: ValueId;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A value read through an offset and strides (elements). */
export interface Strided {
  readonly ref: Ref;
  readonly shape: Shape;
  readonly offset: number;
  readonly strides: Strides;
}

export type Operand = Ref | Strided;

/** The operand as a window: all of a value is one, too. */
export function strided(operand: Operand): Strided {
  return 'ref' in operand
    ? operand
    : { ref: operand, shape: operand.shape, offset: 0, strides: rowMajorStrides(operand.shape) };
}

/** Whether it reads its value from the first element on without gaps. */
export function isContiguous(operand: Operand): boolean {
  if (!('ref' in operand)) return true;
  const own = rowMajorStrides(operand.shape);
  return (
    operand.offset === 0 && operand.strides.every((stride, axis) => operand.shape[axis] === 1 || stride === own[axis])
  );
}

/** Elements start, start + step, … (`length` of them) of one axis. A negative step flips. */
export function sliceAxis(operand: Operand, axis: number, start: number, length: number, step = 1): Strided {
  const view = strided(operand);
  const stride = view.strides[axis];
  assert(stride !== undefined, `axis ${axis} of rank ${view.shape.length}`);
  return {
    ref: view.ref,
    offset: view.offset + start * stride,
    shape: view.shape.map((size, i) => (i === axis ? length : size)),
    strides: view.strides.map((s, i) => (i === axis ? s * step : s)),
  };
}

/** Axis i of the result is axis order[i] of the operand. */
export function permuteAxes(operand: Operand, order: readonly number[]): Strided {
  const view = strided(operand);
  return {
    ref: view.ref,
    offset: view.offset,
    shape: order.map((axis) => view.shape[axis] as number),
    strides: order.map((axis) => view.strides[axis] as number),
  };
}

/** Removes an axis by fixing its coordinate. */
export function selectIndex(operand: Operand, axis: number, index: number): Strided {
  const view = sliceAxis(operand, axis, index, 1);
  return {
    ...view,
    shape: view.shape.filter((_, i) => i !== axis),
    strides: view.strides.filter((_, i) => i !== axis),
  };
}

/** Inserts an axis of size 1. */
export function insertAxis(operand: Operand, axis: number): Strided {
  const view = strided(operand);
  return { ...view, shape: view.shape.toSpliced(axis, 0, 1), strides: view.strides.toSpliced(axis, 0, 0) };
}

/** Repeats along dimensions of size 1 and in front, as broadcasting does. */
export function broadcastTo(operand: Operand, shape: Shape): Strided {
  const view = strided(operand);
  const lead = shape.length - view.shape.length;
  const strides = shape.map((size, axis) => {
    const i = axis - lead;
    return i < 0 || (view.shape[i] === 1 && size !== 1) ? 0 : (view.strides[i] as number);
  });
  return { ref: view.ref, offset: view.offset, shape, strides };
}

/** The access of an operand over the iteration space `shape`. */
export function accessOf(operand: Operand, shape: Shape): Access {
  if (!('ref' in operand)) return { dtype: operand.dtype, offset: 0, strides: broadcastStrides(operand.shape, shape) };
  const view = broadcastTo(operand, shape);
  return { dtype: view.ref.dtype, offset: view.offset, strides: view.strides };
}

/** The value that an operand reads. */
export function refOf(operand: Operand): Ref {
  return 'ref' in operand ? operand.ref : operand;
}
