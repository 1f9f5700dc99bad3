import type { Epilogue } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { compileExpression } from './expression.ts';

/** Compiles an epilogue to a function of (number to be stored, its output coordinates); `operands` are the epilogue's buffers. */
export function compileEpilogue(
  epilogue: Epilogue | null,
  operands: readonly NumericArray[],
): (x: number, index: Int32Array) => number {
  if (epilogue === null) return (x) => x;
  const { inputs, body } = epilogue;
  const evaluate = compileExpression(body);
  const read = new Float64Array(inputs.length + 1);
  return (x, index) => {
    read[0] = x;
    inputs.forEach(({ offset, strides }, i) => {
      let at = offset;
      for (let axis = 0; axis < strides.length; axis++) at += (strides[axis] as number) * (index[axis] as number);
      read[i + 1] = operands[i]?.[at] as number;
    });
    return evaluate(read, index)[body.length - 1] as number;
  };
}
