// What pooling operators share: their attributes, the geometry of their kernels, and the elements of one window.
import { z } from 'zod';
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import type { Shape } from '../../tensor/shape.ts';
import {
  type Pair,
  pairOf,
  pairSchema,
  samePaddingSchema,
  sameSides,
  sidesOf,
  type Windows,
  windowCount,
} from '../convolution/window.ts';

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
  ceil_mode: z
    .boolean()
    .default(false)
    .meta({ title: 'Round the size up', description: 'Also counts a last window that reaches beyond the input' }),
};

type Attributes = z.output<z.ZodObject<typeof poolAttributes>>;

/** Over an input of this height and width. */
export function poolWindows(a: Attributes, input: Pair): Windows {
  const kernel = pairOf(a.kernel_size);
  const stride = a.stride === undefined ? kernel : pairOf(a.stride);
  const windows = { kernel, stride, dilation: pairOf(a.dilation) };
  return { ...windows, padding: a.padding === 'same' ? sameSides(windows, input) : sidesOf(a.padding) };
}

/** Of an input [N, C, H, W]. */
export function poolGeometry(a: Attributes, x: Shape): Pool2dGeometry {
  const [batch, channels, height, width] = x as [number, number, number, number];
  const windows = poolWindows(a, [height, width]);
  return {
    planes: batch * channels,
    inSize: [height, width],
    outSize: [windowCount(windows, 0, height, a.ceil_mode), windowCount(windows, 1, width, a.ceil_mode)],
    ...windows,
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

/** `row 0` or `column 3` of windows that see no real element; null when all see one. */
export function blindWindow(g: Pool2dGeometry): string | null {
  for (const axis of [0, 1] as const) {
    for (let o = 0; o < g.outSize[axis]; o++) {
      const start = o * g.stride[axis] - g.padding[axis];
      const taps = Array.from({ length: g.kernel[axis] }, (_, k) => start + k * g.dilation[axis]);
      if (!taps.some((at) => at >= 0 && at < g.inSize[axis])) return `${axis === 0 ? 'row' : 'column'} ${o}`;
    }
  }
  return null;
}
