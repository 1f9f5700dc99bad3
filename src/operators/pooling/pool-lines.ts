// What 1-d pooling operators share: their attributes, and their windows as those of pictures of height 1.
import { z } from 'zod';
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import type { Shape } from '../../tensor/shape.ts';
import { endsOf, endsSchema, lengthSchema, lineWindows } from '../convolution/line.ts';
import { type Windows, windowCount } from '../convolution/window.ts';

export const linePoolAttributes = {
  kernel_size: lengthSchema.default(2).meta({ title: 'Kernel size' }),
  stride: lengthSchema.optional().meta({ title: 'Stride', description: 'The kernel size when left out' }),
  padding: endsSchema.default(0).meta({ title: 'Padding', description: 'One number or [before, after]' }),
  ceil_mode: z
    .boolean()
    .default(false)
    .meta({ title: 'Round the size up', description: 'Also counts a last window that reaches beyond the input' }),
};

type Attributes = z.output<z.ZodObject<typeof linePoolAttributes>> & { readonly dilation?: number };

export function linePoolWindows(a: Attributes): Windows {
  return lineWindows(a.kernel_size, a.stride ?? a.kernel_size, endsOf(a.padding), a.dilation ?? 1);
}

/** Of an input [N, C, L]. */
export function linePoolGeometry(a: Attributes, x: Shape): Pool2dGeometry {
  const [batch, channels, length] = x as [number, number, number];
  const windows = linePoolWindows(a);
  return {
    planes: batch * channels,
    inSize: [1, length],
    outSize: [1, windowCount(windows, 1, length, a.ceil_mode)],
    ...windows,
  };
}
