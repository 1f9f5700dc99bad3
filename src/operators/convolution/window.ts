// Windows that slide over height and width: attributes as PyTorch writes them (3 or [3, 3]), sizes, and the arithmetic in
// words. Shared by convolution and pooling; it knows neither channels nor kernels.
import { z } from 'zod';
import type { Shape } from '../../tensor/shape.ts';
import type { Fail } from '../define-operator.ts';

/** Height and width. */
export type Pair = readonly [number, number];
/** Top, left, bottom, right. */
export type Sides = readonly [number, number, number, number];

const size = z.int().min(1).max(4096);
const gap = z.int().min(0).max(4096);

/** One number for both axes, or [height, width]. */
export const pairSchema = z.union([size, z.tuple([size, size])]);
/** One number for all sides, [height, width], or [top, left, bottom, right]. */
const paddingSchema = z.union([gap, z.tuple([gap, gap]), z.tuple([gap, gap, gap, gap])]);
/** The same, or as much as keeps the size (with a stride: divides it, rounded up). */
export const samePaddingSchema = z.union([...paddingSchema.options, z.literal('same')]);

/** [height, width] */
export function pairOf(value: z.output<typeof pairSchema>): Pair {
  return typeof value === 'number' ? [value, value] : value;
}

/** [top, left, bottom, right] */
export function sidesOf(padding: z.output<typeof paddingSchema>): Sides {
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  return padding.length === 2 ? [padding[0], padding[1], padding[0], padding[1]] : padding;
}

export interface Windows {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Sides;
  readonly dilation: Pair;
}

/** Before and after, where what does not halve goes to the end. */
export function halves(total: number): Pair {
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** What ONNX calls the attributes of windows. */
export const onnxWindows = {
  kernel_size: 'kernel_shape',
  stride: 'strides',
  padding: 'pads',
  dilation: 'dilations',
} as const;

/** Padding with which ⌈input/stride⌉ windows fit: ONNX's SAME_UPPER. */
export function sameSides(windows: Omit<Windows, 'padding'>, input: Pair): Sides {
  const [[top, bottom], [left, right]] = ([0, 1] as const).map((axis) => {
    const stride = windows.stride[axis];
    const reached = (Math.ceil(input[axis] / stride) - 1) * stride + extent(windows, axis);
    return halves(Math.max(0, reached - input[axis]));
  }) as [Pair, Pair];
  return [top, left, bottom, right];
}

/** Elements from a window's first to its last. */
export function extent(windows: Omit<Windows, 'padding'>, axis: 0 | 1): number {
  return windows.dilation[axis] * (windows.kernel[axis] - 1) + 1;
}

/**
 * Number of windows along one axis; 0 or less when none fits. `ceil` also counts a last window that reaches beyond the
 * padding, if it starts inside the input or the padding before it (PyTorch's ceil_mode).
 */
export function windowCount(windows: Windows, axis: 0 | 1, input: number, ceil = false): number {
  const [before, after] = [windows.padding[axis], windows.padding[axis === 0 ? 2 : 3]];
  const stride = windows.stride[axis];
  const room = input + before + after - extent(windows, axis);
  if (!ceil) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  return (count - 1) * stride >= input + before ? count - 1 : count;
}

/** Height and width of x [N, C, H, W]; a line [N, C, L] is a picture of height 1. */
export function planeOf(x: Shape): Pair {
  return [x.length === 3 ? 1 : (x[2] as number), x.at(-1) as number];
}

/** False after E_EMPTY, when no window fits x, with the least padding at which one does as a quick fix. */
export function checkWindows(windows: Windows, x: Shape, fail: Fail): boolean {
  const inputs = planeOf(x);
  const reason = misfit(windows, inputs, x.length === 3 ? ['height', 'length'] : ['height', 'width']);
  if (reason === null) return true;
  const need = ([0, 1] as const).map((axis) => Math.max(0, Math.ceil((extent(windows, axis) - inputs[axis]) / 2)));
  const value = x.length === 3 ? need[1] : need;
  const title = `Set padding to ${[value].flat().join(', ')}`;
  const fixes = [{ kind: 'set_attribute' as const, title, attribute: 'padding', value }];
  fail('E_EMPTY', { port: 'x' }, `${reason}: the output would be empty`, { fixes });
  return false;
}

/** Why no window fits along an axis: `kernel height 5 does not fit the input height 2 + 1 + 1 = 4`; null when one does. */
function misfit(windows: Windows, inputs: Pair, names: readonly [string, string]): string | null {
  for (const axis of [0, 1] as const) {
    const [before, after] = [windows.padding[axis], windows.padding[axis === 0 ? 2 : 3]];
    const padded = inputs[axis] + before + after;
    const reach = extent(windows, axis);
    if (reach <= padded && inputs[axis] > 0) continue;
    const kernel = windows.kernel[axis];
    const dilation = windows.dilation[axis];
    const spans = dilation === 1 ? `${kernel}` : `${kernel} (spanning ${dilation}·(${kernel} − 1) + 1 = ${reach})`;
    const room = before + after === 0 ? `${padded}` : `${inputs[axis]} + ${before} + ${after} = ${padded}`;
    return `kernel ${names[axis]} ${spans} does not fit the input ${names[axis]} ${room}`;
  }
  return null;
}
