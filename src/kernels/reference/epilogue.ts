import type { Epilogue } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { compileExpression } from './expression.ts';

/**
 * Compiles an epilogue to a function that stores a number at a position of the outputs, given its output coordinates too;
 * `operands` are the epilogue's buffers.
 */
export function compileEpilogue(
  epilogue: Epilogue | null,
  operands: readonly NumericArray[],
  outputs: readonly NumericArray[],
): (x: number, index: Int32Array, at: number) => void {
  const [output, ...besides] = outputs as readonly [NumericArray, ...NumericArray[]];
  if (epilogue === null)
    return (x, _, at) => {
      output[at] = x;
    };
  const { inputs, body, also = [] } = epilogue;
  const evaluate = compileExpression(body);
  const read = new Float64Array(inputs.length + 1);
  return (x, index, at) => {
    read[0] = x;
    inputs.forEach(({ offset, strides }, i) => {
      let place = offset;
      for (let axis = 0; axis < strides.length; axis++) place += (strides[axis] as number) * (index[axis] as number);
      read[i + 1] = operands[i]?.[place] as number;
    });
    const lines = evaluate(read, index);
    output[at] = lines[body.length - 1] as number;
    besides.forEach((to, i) => {
      to[at] = lines[also[i] as number] as number;
    });
  };
}
