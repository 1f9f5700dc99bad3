// The geometry of pooling windows as code: rows and columns of a window that lie in the plane, and the columns of the output whose
// windows need no check and can be computed four at a time.
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { i32 } from '../encoder/instructions.ts';

/** Output columns [first, end) whose windows lie inside the plane's width. */
export function interiorColumns(g: Pool2dGeometry): { readonly first: number; readonly end: number } {
  const reach = (g.kernel[1] - 1) * g.dilation[1];
  const first = Math.min(Math.ceil(g.padding[1] / g.stride[1]), g.outSize[1]);
  const last = Math.floor((g.inSize[1] - 1 - reach + g.padding[1]) / g.stride[1]);
  return { first, end: Math.min(Math.max(last + 1, first), g.outSize[1]) };
}

/** origin = position of output · stride − padding, the window's first row or column. */
export function windowStart(g: Pool2dGeometry, axis: 0 | 1, position: Code): Code {
  return i32.sub(i32.mul(position, i32.const(g.stride[axis])), i32.const(g.padding[axis]));
}

/** Runs `body` for every k of the window along one axis whose position (held in `at`) is inside the plane. */
export function overWindow(g: Pool2dGeometry, axis: 0 | 1, start: Code, at: Local, local: NewLocal, body: Code): Code {
  const k = local('i32');
  return [
    at.set(start),
    forRange(k, 0, g.kernel[axis], 1, [
      ifElse(i32.ltU(at.get, i32.const(g.inSize[axis])), body),
      at.set(i32.add(at.get, i32.const(g.dilation[axis]))),
    ]),
  ];
}

/** True when all rows (or columns) of every window lie in the plane. */
export function alwaysInside(g: Pool2dGeometry, axis: 0 | 1): boolean {
  const last = (g.outSize[axis] - 1) * g.stride[axis] - g.padding[axis] + (g.kernel[axis] - 1) * g.dilation[axis];
  return g.padding[axis] === 0 && last < g.inSize[axis];
}

/** count = how many of the window's rows or columns an average counts: those in the plane, or in the padded plane. */
export function countWindow(
  g: Pool2dGeometry,
  axis: 0 | 1,
  start: Code,
  countIncludePad: boolean,
  count: Local,
  local: NewLocal,
): Code {
  const k = local('i32');
  const at = local('i32');
  const before = countIncludePad ? g.padding[axis] : 0;
  const after = countIncludePad ? g.padding[axis === 0 ? 2 : 3] : 0;
  if (alwaysInside(g, axis)) return count.set(i32.const(g.kernel[axis]));
  return [
    count.set(i32.const(0)),
    at.set(i32.add(start, i32.const(before))),
    forRange(k, 0, g.kernel[axis], 1, [
      count.set(i32.add(count.get, i32.ltU(at.get, i32.const(g.inSize[axis] + before + after)))),
      at.set(i32.add(at.get, i32.const(g.dilation[axis]))),
    ]),
  ];
}

/** Bytes in one plane. */
export const planeBytes = (size: readonly [number, number]) => 4 * size[0] * size[1];
export const planeElements = (size: readonly [number, number]) => size[0] * size[1];
