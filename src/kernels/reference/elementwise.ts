import type { ElementwiseSpec } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { compileExpression } from './expression.ts';
import { store } from './store.ts';
import { walk } from './walk.ts';

/** outputs[k] = body[outputs[k].value] at every point; all inputs of a point are read before its outputs are written. */
export function elementwise(
  spec: ElementwiseSpec,
  inputs: readonly NumericArray[],
  outputs: readonly NumericArray[],
): void {
  const evaluate = compileExpression(spec.body);
  const read = new Float64Array(spec.inputs.length);
  walk(spec.shape, [...spec.inputs, ...spec.outputs], (index, at) => {
    for (let i = 0; i < read.length; i++) read[i] = inputs[i]?.[at[i] as number] as number;
    const lines = evaluate(read, index);
    for (let k = 0; k < spec.outputs.length; k++) {
      const { slot, value, dtype } = spec.outputs[k]!;
      store(outputs[slot]!, at[read.length + k] as number, lines[value] as number, dtype);
    }
  });
}
