import type { ViewSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';

/** Copies, unless both already are the same memory. */
export function view(_: ViewSpec, inputs: readonly NumericArray[], outputs: readonly NumericArray[]): void {
  const x = inputs[0]!;
  const y = outputs[0]!;
  if (x.buffer !== y.buffer || x.byteOffset !== y.byteOffset) y.set(x);
}
