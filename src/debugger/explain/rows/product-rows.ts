// Rows of matrix products and convolutions: each slope is an element of the other factor.
import { columnShift } from '../../../program/gemm-columns.ts';
import type { Conv2dGeometry, Conv2dSpec } from '../../../program/kernel-spec.ts';
import type { NumericArray } from '../../../tensor/dtype.ts';
import { rowMajorStrides } from '../../../tensor/shape.ts';
import { epilogueRow, pointOf } from './pointwise-rows.ts';
import type { Link, Row } from './row.ts';

/** Positions of one product in the first two inputs. */
type Pair = (first: number, second: number) => void;

function visitProducts(
  each: (pair: Pair) => void,
  inputs: readonly NumericArray[],
  outer: (sum: () => number) => number,
  visit: (link: Link) => void,
): void {
  const [a, b] = inputs as readonly [NumericArray, NumericArray];
  const weight = outer(() => {
    let sum = 0;
    each((i, j) => {
      sum += (a[i] as number) * (b[j] as number);
    });
    return sum;
  });
  if (weight === 0) return;
  each((i, j) => {
    const [left, right] = [
      { input: 0, index: i },
      { input: 1, index: j },
    ];
    visit({ ...left, slope: weight * (b[j] as number), ...(weight === 1 ? { by: right } : {}) });
    visit({ ...right, slope: weight * (a[i] as number), ...(weight === 1 ? { by: left } : {}) });
  });
}

export const gemmRow: Row<'gemm'> = (spec, inputs, { index }, visit) => {
  const shape = [...spec.batch, spec.m, spec.n];
  const point = pointOf(shape, { offset: 0, strides: rowMajorStrides(shape) }, index);
  if (!point) return;
  const rank = spec.batch.length;
  const [m, n] = [point[rank] as number, point[rank + 1] as number];
  let row = spec.a.offset + m * spec.a.row;
  let column = spec.b.offset + n * spec.b.column + columnShift(spec.b, n);
  for (let axis = 0; axis < rank; axis++) {
    row += (spec.a.batch[axis] as number) * (point[axis] as number);
    column += (spec.b.batch[axis] as number) * (point[axis] as number);
  }
  const each = (pair: Pair): void => {
    for (let k = 0; k < spec.k; k++) pair(row + k * spec.a.column, column + k * spec.b.row);
  };
  visitProducts(each, inputs, (sum) => epilogueRow(spec.epilogue, inputs, point, sum, visit), visit);
};

export const conv2dRow: Row<'conv2d'> = (spec, inputs, { index }, visit) => {
  const g = spec.geometry;
  const shape =
    spec.direction === 'forward'
      ? [g.batch, g.outChannels, ...g.outSize]
      : spec.direction === 'input_grad'
        ? [g.batch, g.inChannels, ...g.inSize]
        : [g.outChannels, g.inChannels / g.groups, ...g.kernel];
  const point = pointOf(shape, { offset: 0, strides: rowMajorStrides(shape) }, index);
  if (!point) return;
  const each = (pair: Pair) => convolutionPairs(spec, point as unknown as readonly number[], pair);
  visitProducts(each, inputs, (sum) => epilogueRow(spec.epilogue, inputs, point, sum, visit), visit);
};

/** The window tap k of output position o: the input position, or -1 in the padding. */
function inputAt(g: Conv2dGeometry, axis: 0 | 1, o: number, k: number): number {
  const at = o * g.stride[axis] + k * g.dilation[axis] - g.padding[axis];
  return at >= 0 && at < g.inSize[axis] ? at : -1;
}

/** The output position whose tap k falls on an input position, or -1. */
function outputAt(g: Conv2dGeometry, axis: 0 | 1, at: number, k: number): number {
  const shifted = at + g.padding[axis] - k * g.dilation[axis];
  const o = shifted / g.stride[axis];
  return Number.isInteger(o) && o >= 0 && o < g.outSize[axis] ? o : -1;
}

function convolutionPairs({ direction, geometry: g }: Conv2dSpec, point: readonly number[], pair: Pair): void {
  const channels = g.inChannels / g.groups;
  const filters = g.outChannels / g.groups;
  const [p0, p1, p2, p3] = point as readonly [number, number, number, number];
  const xAt = (n: number, c: number, i: number, j: number) =>
    ((n * g.inChannels + c) * g.inSize[0] + i) * g.inSize[1] + j;
  const wAt = (o: number, c: number, k: number, l: number) => ((o * channels + c) * g.kernel[0] + k) * g.kernel[1] + l;
  const yAt = (n: number, o: number, i: number, j: number) =>
    ((n * g.outChannels + o) * g.outSize[0] + i) * g.outSize[1] + j;
  if (direction === 'weight_grad') {
    const channel = Math.floor(p0 / filters) * channels + p1;
    for (let n = 0; n < g.batch; n++) {
      for (let i = 0; i < g.outSize[0]; i++) {
        const row = inputAt(g, 0, i, p2);
        for (let j = 0; row >= 0 && j < g.outSize[1]; j++) {
          const column = inputAt(g, 1, j, p3);
          if (column >= 0) pair(xAt(n, channel, row, column), yAt(n, p0, i, j));
        }
      }
    }
    return;
  }
  const forward = direction === 'forward';
  const group = Math.floor(p1 / (forward ? filters : channels));
  for (let other = 0; other < (forward ? channels : filters); other++) {
    for (let k = 0; k < g.kernel[0]; k++) {
      const row = forward ? inputAt(g, 0, p2, k) : outputAt(g, 0, p2, k);
      for (let l = 0; row >= 0 && l < g.kernel[1]; l++) {
        const column = forward ? inputAt(g, 1, p3, l) : outputAt(g, 1, p3, l);
        if (column < 0) continue;
        if (forward) pair(xAt(p0, group * channels + other, row, column), wAt(p1, other, k, l));
        else {
          const o = group * filters + other;
          pair(yAt(p0, o, row, column), wAt(o, p1 - group * channels, k, l));
        }
      }
    }
  }
}
