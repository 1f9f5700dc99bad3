// Where columns of a product's second factor lie when they come in fours.
import type { GemmSpec } from './kernel-spec.ts';

/** Elements by which column n lies further than n times the distance of neighbours. */
export function columnShift({ column, fours }: GemmSpec['b'], n: number): number {
  return fours === undefined ? 0 : Math.floor(n / 4) * (fours - 4 * column);
}
