// Dimensions as attributes name them: negative ones count from the end. Faults are diagnosed at the attribute.
import { formatShape, normalizeAxis, numel, rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import type { Fail } from '../define-operator.ts';

/** The non-negative axis, or E_DIM at `attribute`. */
export function checkAxis(axis: number, shape: Shape, attribute: string, fail: Fail): number | null {
  const rank = shape.length;
  const positive = normalizeAxis(axis, rank);
  if (positive !== null) return positive;
  const range =
    rank === 0 ? 'a scalar has no dimensions' : `${formatShape(shape)} has the dimensions ${-rank} … ${rank - 1}`;
  return fail('E_DIM', { attribute }, `dimension ${axis} does not exist: ${range}`);
}

/** Sorted axes of a `dim` list, all of them when it is empty; E_DIM when one is out of range or named twice. */
export function checkAxes(dims: readonly number[], shape: Shape, attribute: string, fail: Fail): number[] | null {
  const axes: number[] = [];
  for (const dim of dims) {
    const axis = checkAxis(dim, shape, attribute, fail);
    if (axis === null) return null;
    if (axes.includes(axis))
      return fail('E_DIM', { attribute }, `dimension ${dim} is named twice in [${dims.join(', ')}]`);
    axes.push(axis);
  }
  return axes.sort((a, b) => a - b);
}

/** Axes of a `dim` list that inference has passed; empty means all. */
export function axesOf(dims: readonly number[], rank: number): number[] {
  if (dims.length === 0) return Array.from({ length: rank }, (_, axis) => axis);
  return dims.map((dim) => axisOf(dim, rank)).sort((a, b) => a - b);
}

/** An axis that inference has passed. */
export function axisOf(dim: number, rank: number): number {
  return dim < 0 ? dim + rank : dim;
}

/** Sizes with the axes folded to 1, or dropped. */
export function foldedShape(shape: Shape, axes: readonly number[], keepdim: boolean): number[] {
  return keepdim
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** A tensor as [outer, size, inner] around one axis. */
export function aroundAxis(shape: Shape, axis: number): { outer: number; size: number; inner: number } {
  return { outer: numel(shape.slice(0, axis)), size: shape[axis] as number, inner: numel(shape.slice(axis + 1)) };
}

/** Coordinates of a flat index. */
export function coordinatesOf(index: number, shape: Shape): number[] {
  return rowMajorStrides(shape).map((stride, axis) => Math.floor(index / stride) % (shape[axis] as number));
}

/** Flat index of coordinates. */
export function flatIndex(coordinates: readonly number[], shape: Shape): number {
  return rowMajorStrides(shape).reduce((sum, stride, axis) => sum + stride * (coordinates[axis] as number), 0);
}

/** Flat indices of `shape` that fold into element `index` of the folded tensor, in order. */
export function foldedIndices(shape: Shape, axes: readonly number[], index: number): number[] {
  const kept = coordinatesOf(index, foldedShape(shape, axes, true));
  const inside = axes.map((axis) => shape[axis] as number);
  return Array.from({ length: numel(inside) }, (_, k) => {
    const at = [...kept];
    for (const [i, coordinate] of coordinatesOf(k, inside).entries()) at[axes[i] as number] = coordinate;
    return flatIndex(at, shape);
  });
}

/** Flat indices of the elements that share all coordinates but one with element `index`, in order. */
export function alongAxis(shape: Shape, axis: number, index: number): number[] {
  const { size, inner } = aroundAxis(shape, axis);
  const start = Math.floor(index / (size * inner)) * size * inner + (index % inner);
  return Array.from({ length: size }, (_, k) => start + k * inner);
}
