import type { AssembleSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { walk } from './walk.ts';

/** Fills the output, then copies every piece to its place. */
export function assemble(spec: AssembleSpec, inputs: readonly NumericArray[], outputs: readonly NumericArray[]): void {
  const y = outputs[0]!;
  y.fill(spec.fill);
  spec.pieces.forEach(({ shape, input, output }, piece) => {
    const x = inputs[piece]!;
    walk(shape, [input, output], (_, at) => {
      y[at[1] as number] = x[at[0] as number] as number;
    });
  });
}
