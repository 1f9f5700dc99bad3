// Windows on a line, as pictures of height 1: what 1-d convolution and pooling share.
import { z } from 'zod';
import type { Windows } from './window.ts';

const size = z.int().min(1).max(4096);
const gap = z.int().min(0).max(4096);

/** A single number. */
export const lengthSchema = size;
/** One number for both ends, or [before, after]. */
const endsSchema = z.union([gap, z.tuple([gap, gap])]);
/** The same, or as much as keeps the length (with a stride: divides it, rounded up). */
export const sameEndsSchema = z.union([...endsSchema.options, z.literal('same')]);

/** [before, after] */
export function endsOf(padding: z.output<typeof endsSchema>): readonly [number, number] {
  return typeof padding === 'number' ? [padding, padding] : padding;
}

/** Windows that slide along a picture of height 1. */
export function lineWindows(
  kernel: number,
  stride: number,
  [before, after]: readonly [number, number],
  dilation: number,
): Windows {
  return { kernel: [1, kernel], stride: [1, stride], padding: [0, before, 0, after], dilation: [1, dilation] };
}
