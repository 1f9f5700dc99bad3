// Shapes, row-major strides and broadcasting (NumPy's rules, as PyTorch and ONNX use them). Counts are elements, not bytes.

export type Shape = readonly number[];
export type Strides = readonly number[];

/** Number of elements; 1 for a scalar (shape []). */
export function numel(shape: Shape): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** Strides of a contiguous row-major tensor, in elements. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

/** Equal ranks and equal sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The broadcast of both shapes, or null when they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = a[a.length - i] ?? 1;
    const y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return null;
    out[rank - i] = x === 1 ? y : x;
  }
  return out;
}

/** Strides that read a contiguous tensor of `shape` as if it had the shape `to` (0 where a dimension repeats). */
export function broadcastStrides(shape: Shape, to: Shape): number[] {
  const own = rowMajorStrides(shape);
  return to.map((size, axis) => {
    const i = axis - (to.length - shape.length);
    return i < 0 || (shape[i] === 1 && size !== 1) ? 0 : (own[i] as number);
  });
}

/** A non-negative axis, or null when out of range: -1 is the last. */
export function normalizeAxis(axis: number, rank: number): number | null {
  const positive = axis < 0 ? axis + rank : axis;
  return Number.isInteger(axis) && positive >= 0 && positive < rank ? positive : null;
}

/** `[32, 1, 28, 28]` → `32×1×28×28`; a scalar prints as `scalar`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}
