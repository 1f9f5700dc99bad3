// What pooling operators of one and two dimensions share: the geometry of their kernels, the elements of one window, and the
// attributes of those over pictures (of those over lines: pool-lines.ts).
import { z } from 'zod';
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import {
  checkWindows,
  type Pair,
  pairOf,
  pairSchema,
  planeOf,
  samePaddingSchema,
  sameSides,
  sidesOf,
  type Windows,
  windowCount,
} from '../convolution/window.ts';
import type { CostContext, Fail, InferContext } from '../define-operator.ts';

export const ceilMode = z
  .boolean()
  .default(false)
  .meta({ title: 'Round the size up', description: 'Also counts a last window that reaches beyond the input' });

export const poolAttributes = {
  kernel_size: pairSchema.default(2).meta({ title: 'Kernel size', unit: 'px' }),
  stride: pairSchema.optional().meta({ title: 'Stride', unit: 'px', description: 'The kernel size when left out' }),
  padding: samePaddingSchema.default(0).meta({
    title: 'Padding',
    unit: 'px',
    description: 'One number, [height, width], [top, left, bottom, right] or "same": the size over the stride is left',
  }),
  dilation: pairSchema
    .default(1)
    .meta({ title: 'Dilation', unit: 'px', description: 'Distance between the elements of a window' }),
  ceil_mode: ceilMode,
};

type Attributes = z.output<z.ZodObject<typeof poolAttributes>>;

/** Of a pool over a plane of this height and width. */
export function poolWindows(a: Attributes, plane: Pair): Windows {
  const kernel = pairOf(a.kernel_size);
  const stride = a.stride === undefined ? kernel : pairOf(a.stride);
  const windows = { kernel, stride, dilation: pairOf(a.dilation) };
  return { ...windows, padding: a.padding === 'same' ? sameSides(windows, plane) : sidesOf(a.padding) };
}

export type PoolInputs = { readonly x: { readonly title: string; readonly rank: number } };
/** Windows over a plane, as the attributes of a pool say. */
export type WindowsOf<A> = (attributes: A, plane: Pair) => Windows;
export type Ceiling = { readonly ceil_mode: boolean };

/** Of x [N, C, H, W], or [N, C, L] as pictures of height 1. */
export function poolGeometry<A extends Ceiling>(windowsOf: WindowsOf<A>, a: A, x: Shape): Pool2dGeometry {
  const inSize = planeOf(x);
  const windows = windowsOf(a, inSize);
  const count = (axis: 0 | 1) => windowCount(windows, axis, inSize[axis], a.ceil_mode);
  return { planes: (x[0] as number) * (x[1] as number), inSize, outSize: [count(0), count(1)], ...windows };
}

/** Shape of what the windows give. */
export function pooledShape(geometry: Pool2dGeometry, x: Shape): Shape {
  return [...x.slice(0, 2), ...geometry.outSize.slice(4 - x.length)];
}

/** The geometry of a pool over x; null after E_EMPTY, when no window fits. */
export function fittingPool<A extends Ceiling>(
  windowsOf: WindowsOf<A>,
  { inputs: { x }, attributes, fail }: InferContext<PoolInputs, Record<never, never>, A>,
): Pool2dGeometry | null {
  if (!checkWindows(windowsOf(attributes, planeOf(x.shape)), x.shape, fail)) return null;
  return poolGeometry(windowsOf, attributes, x.shape);
}

type Pooled = { readonly y: { readonly title: string } };

/** As many operations for every output as its window has elements. */
export function poolFlops<A>(windowsOf: WindowsOf<A>) {
  return ({ inputs, outputs, attributes }: CostContext<PoolInputs, Record<never, never>, Pooled, A>): number => {
    const { kernel } = windowsOf(attributes, planeOf(inputs.x.shape));
    return numel(outputs.y.shape) * kernel[0] * kernel[1];
  };
}

export interface WindowOfOutput {
  /** Flat index in x of the plane's first element. */
  readonly plane: number;
  /** Flat indices in x of the window's real elements, in row-major order. */
  readonly elements: readonly number[];
  /** Elements of the window that lie in the input or its padding. */
  readonly padded: number;
}

/** The window that makes element `index` of the output. */
export function windowOf(g: Pool2dGeometry, index: number): WindowOfOutput {
  const [height, width] = g.inSize;
  const plane = Math.floor(index / (g.outSize[0] * g.outSize[1])) * height * width;
  const top = (Math.floor(index / g.outSize[1]) % g.outSize[0]) * g.stride[0] - g.padding[0];
  const left = (index % g.outSize[1]) * g.stride[1] - g.padding[1];
  const elements: number[] = [];
  let padded = 0;
  for (let k = 0; k < g.kernel[0]; k++) {
    for (let l = 0; l < g.kernel[1]; l++) {
      const row = top + k * g.dilation[0];
      const column = left + l * g.dilation[1];
      if (row < height + g.padding[2] && column < width + g.padding[3]) padded++;
      if (row >= 0 && row < height && column >= 0 && column < width) elements.push(plane + row * width + column);
    }
  }
  return { plane, elements, padded };
}

/** False after E_PADDING, when a window sees no real element. */
export function checkSight(g: Pool2dGeometry, x: Shape, fail: Fail): boolean {
  const line = x.length === 3;
  for (const axis of [0, 1] as const) {
    for (let o = 0; o < g.outSize[axis]; o++) {
      const start = o * g.stride[axis] - g.padding[axis];
      const taps = Array.from({ length: g.kernel[axis] }, (_, k) => start + k * g.dilation[axis]);
      if (taps.some((at) => at >= 0 && at < g.inSize[axis])) continue;
      const place = line ? 'position' : axis === 0 ? 'row' : 'column';
      const padding = line ? [g.padding[1], g.padding[3]] : g.padding;
      const detail = `padding ${padding.join(', ')}; kernel ${g.kernel.slice(line ? 1 : 0).join('×')}`;
      fail('E_PADDING', { attribute: 'padding' }, `output ${place} ${o} would see padding alone (${detail})`);
      return false;
    }
  }
  return true;
}
