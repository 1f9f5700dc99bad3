// What 1-d pooling operators share: their attributes, and their windows as those of pictures of height 1.
import type { z } from 'zod';
import { endsOf, lengthSchema, lineWindows, sameEndsSchema } from '../convolution/line.ts';
import { type Pair, sameSides, type Windows } from '../convolution/window.ts';
import { ceilMode } from './pool-windows.ts';

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
  ceil_mode: ceilMode,
};

type Attributes = z.output<z.ZodObject<typeof linePoolAttributes>>;

/** Of a pool over lines, as pictures of height 1. */
export function linePoolWindows({ kernel_size: kernel, stride, padding, dilation }: Attributes, plane: Pair): Windows {
  const windows = lineWindows(kernel, stride ?? kernel, padding === 'same' ? [0, 0] : endsOf(padding), dilation);
  return padding === 'same' ? { ...windows, padding: sameSides(windows, plane) } : windows;
}
