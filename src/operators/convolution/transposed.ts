// Transposed convolutions of one and two dimensions: the window arithmetic turned round, in numbers and in words, and all of
// the record but its names, its attributes and how those become windows.
import type { Conv2dGeometry } from '../../program/kernel-spec.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { Fail } from '../define-operator.ts';
import { type Channels, correlationRules } from './correlation.ts';
import { extent, halves, onnxWindows, type Pair, planeOf, type Sides, type Windows } from './window.ts';

/** s·(H − 1) + d·(K − 1) + 1 + output_padding − p − p'; 0 or less when nothing is left. */
function spreadSize(windows: Windows, axis: 0 | 1, input: number, extra: number): number {
  const [before, after] = [windows.padding[axis], windows.padding[axis === 0 ? 2 : 3]];
  return windows.stride[axis] * (input - 1) + extent(windows, axis) + extra - before - after;
}

/** `2·(4 − 1) + 3 + 1 − 1 − 1 = 8` */
function spreadText(windows: Windows, axis: 0 | 1, input: number, extra: number): string {
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
function lackingPadding(windows: Windows, extra: Pair): string | null {
  for (const axis of [0, 1] as const) {
    const [stride, reach] = [windows.stride[axis], extent(windows, axis)];
    if (reach + extra[axis] >= stride) continue;
    return `padding "same" needs an output padding of ${stride - reach} at least: filters reach ${reach}, the stride is ${stride}`;
  }
  return null;
}

/** PyTorch's rule: an output padding stays below the stride or the dilation. */
function excessPadding(windows: Windows, extra: readonly [number, number]): string | null {
  for (const axis of [0, 1] as const) {
    const [stride, dilation] = [windows.stride[axis], windows.dilation[axis]];
    if (extra[axis] === 0 || extra[axis] < Math.max(stride, dilation)) continue;
    return `output padding ${extra[axis]} must be smaller than the stride ${stride} or the dilation ${dilation}`;
  }
  return null;
}

/** @param extraOf output padding below and to the right, which a line has to the right alone */
export function transposedConvolution<A extends Channels & { readonly padding: unknown }>(
  windowsOf: (attributes: A) => Windows,
  extraOf: (attributes: A) => Pair,
) {
  /** Of the convolution that leads from y to x. */
  function geometryOf(a: A, x: Shape): Conv2dGeometry {
    const [windows, extra, outSize] = [windowsOf(a), extraOf(a), planeOf(x)];
    return {
      batch: x[0] as number,
      inChannels: a.out_channels,
      inSize: [spreadSize(windows, 0, outSize[0], extra[0]), spreadSize(windows, 1, outSize[1], extra[1])],
      outChannels: x[1] as number,
      outSize,
      ...windows,
      groups: a.groups,
    };
  }

  /** False after E_PADDING or E_EMPTY. */
  function fits(a: A, x: Shape, fail: Fail): boolean {
    const [windows, extra, sizes] = [windowsOf(a), extraOf(a), planeOf(x)];
    const fault = excessPadding(windows, extra) ?? (a.padding === 'same' ? lackingPadding(windows, extra) : null);
    if (fault) {
      fail('E_PADDING', { attribute: 'output_padding' }, fault);
      return false;
    }
    for (const axis of [0, 1] as const) {
      if (sizes[axis] > 0 && spreadSize(windows, axis, sizes[axis], extra[axis]) > 0) continue;
      const name = axis === 0 ? 'height' : x.length === 3 ? 'length' : 'width';
      const text = spreadText(windows, axis, sizes[axis], extra[axis]);
      fail('E_EMPTY', { port: 'x' }, `output ${name} ${text}: the output would be empty`);
      return false;
    }
    return true;
  }

  return {
    ...correlationRules(geometryOf, fits, true),
    onnx: {
      op: 'ConvTranspose',
      attributes: { ...onnxWindows, output_padding: 'output_padding', groups: 'group' },
    },
  };
}
