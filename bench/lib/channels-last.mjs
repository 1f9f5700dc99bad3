// Between our layouts (NCHW, OIHW, [out, in]) and those of engines that keep channels last.

/** Axis `i` of the result is axis `order[i]` of what is given. */
export function transpose(values, shape, order) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]);
  const result = new values.constructor(values.length);
  const place = sizes.map(() => 0);
  for (let i = 0; i < result.length; i++) {
    result[i] = values[order.reduce((at, axis, k) => at + place[k] * strides[axis], 0)];
    for (let axis = sizes.length - 1; axis >= 0 && ++place[axis] === sizes[axis]; axis--) place[axis] = 0;
  }
  return result;
}

/** NCHW to NHWC; other ranks stay as they are. */
export function lastShape(shape) {
  return shape.length === 4 ? [shape[0], shape[2], shape[3], shape[1]] : shape;
}

export function toLast(values, shape) {
  return shape.length === 4 ? transpose(values, shape, [0, 2, 3, 1]) : values;
}

/** Back again; `shape` is the NCHW one. */
export function fromLast(values, shape) {
  return shape.length === 4 ? transpose(values, lastShape(shape), [0, 3, 1, 2]) : values;
}

/** The weight of a linear layer behind a flattened [C, H, W], for one behind a flattened [H, W, C]. */
export function flattenedLast(weight, rows, [, channels, height, width]) {
  return transpose(weight, [rows, channels, height, width], [0, 2, 3, 1]);
}
