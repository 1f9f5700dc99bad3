// Sizes of transposed convolutions: the window arithmetic turned round, in numbers and in words.
import { extent, halves, type Pair, type Sides, type Windows } from './window.ts';

/** s·(H − 1) + d·(K − 1) + 1 + output_padding − p − p'; 0 or less when nothing is left. */
export function spreadSize(windows: Windows, axis: 0 | 1, input: number, extra: number): number {
  const [before, after] = [windows.padding[axis], windows.padding[axis === 0 ? 2 : 3]];
  return windows.stride[axis] * (input - 1) + extent(windows, axis) + extra - before - after;
}

/** `2·(4 − 1) + 3 + 1 − 1 − 1 = 8` */
export function spreadText(windows: Windows, axis: 0 | 1, input: number, extra: number): string {
  const [before, after] = [windows.padding[axis], windows.padding[axis === 0 ? 2 : 3]];
  const terms = `${windows.stride[axis]}·(${input} − 1) + ${extent(windows, axis)} + ${extra} − ${before} − ${after}`;
  return `${terms} = ${spreadSize(windows, axis, input, extra)}`;
}

/** What is cut off so that stride times the size is left: ONNX's SAME_UPPER. */
export function sameCut(windows: Omit<Windows, 'padding'>, extra: Pair): Sides {
  const [[top, bottom], [left, right]] = ([0, 1] as const).map((axis) =>
    halves(Math.max(0, extent(windows, axis) + extra[axis] - windows.stride[axis])),
  ) as [Pair, Pair];
  return [top, left, bottom, right];
}

/** Why stride times the size is not reached with padding "same"; null when it is. */
export function lackingPadding(windows: Windows, extra: Pair): string | null {
  for (const axis of [0, 1] as const) {
    const [stride, reach] = [windows.stride[axis], extent(windows, axis)];
    if (reach + extra[axis] >= stride) continue;
    return `padding "same" needs an output padding of ${stride - reach} at least: filters reach ${reach}, the stride is ${stride}`;
  }
  return null;
}

/** PyTorch's rule: an output padding stays below the stride or the dilation. */
export function excessPadding(windows: Windows, extra: readonly [number, number]): string | null {
  for (const axis of [0, 1] as const) {
    const [stride, dilation] = [windows.stride[axis], windows.dilation[axis]];
    if (extra[axis] === 0 || extra[axis] < Math.max(stride, dilation)) continue;
    return `output padding ${extra[axis]} must be smaller than the stride ${stride} or the dilation ${dilation}`;
  }
  return null;
}
