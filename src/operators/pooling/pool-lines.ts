// What 1-d pooling operators share: their attributes, and their windows as those of pictures of height 1.
import { z } from 'zod';
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import type { Shape } from '../../tensor/shape.ts';
import { endsOf, lengthSchema, lineWindows, sameEndsSchema } from '../convolution/line.ts';
import { sameSides, type Windows, windowCount } from '../convolution/window.ts';

export const linePoolAttributes = {
  kernel_size: lengthSchema.default(2).meta({ title: 'Kernel size' }),
  stride: lengthSchema.optional().meta({ title: 'Stride', description: 'The kernel size when left out' }),
  padding: sameEndsSchema.default(0).meta({
    title: 'Padding',
    description: 'One number, [before, after] or "same": the length over the stride is left',
  }),
  dilation: lengthSchema
    .default(1)
    .meta({ title: 'Dilation', description: 'Distance between the elements of a window' }),
  ceil_mode: z
    .boolean()
    .default(false)
    .meta({ title: 'Round the size up', description: 'Also counts a last window that reaches beyond the input' }),
};

type Attributes = z.output<z.ZodObject<typeof linePoolAttributes>>;

/** Over an input of this length. */
export function linePoolWindows(
  { kernel_size: kernel, stride, padding, dilation }: Attributes,
  length: number,
): Windows {
  const windows = lineWindows(kernel, stride ?? kernel, padding === 'same' ? [0, 0] : endsOf(padding), dilation);
  return padding === 'same' ? { ...windows, padding: sameSides(windows, [1, length]) } : windows;
}

/** Of an input [N, C, L]. */
export function linePoolGeometry(a: Attributes, x: Shape): Pool2dGeometry {
  const [batch, channels, length] = x as [number, number, number];
  const windows = linePoolWindows(a, length);
  return {
    planes: batch * channels,
    inSize: [1, length],
    outSize: [1, windowCount(windows, 1, length, a.ceil_mode)],
    ...windows,
  };
}
