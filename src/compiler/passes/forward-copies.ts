import type { KernelSpec } from '../../program/kernel-spec.ts';
import type { Program, Value, ValueId } from '../../program/program.ts';
import { rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import { type Pass, substitute } from './pass.ts';

/** Reads the original instead of a contiguous copy, or of a view of the same shape. Copies of what changes in place stay. */
export const forwardCopies: Pass = {
  name: 'forward-copies',
  mergesSteps: true,
  run(program: Program, { keep }): Program {
    const replacement = new Map<ValueId, ValueId>();
    const changing = inPlace(program);
    const instructions = program.instructions.filter(({ kernel, inputs, outputs }) => {
      const from = program.values[inputs[0] ?? -1];
      const to = program.values[outputs[0] ?? -1];
      if (!from || !to || to.replaces !== undefined || from.dtype !== to.dtype) return true;
      if (from.kind !== 'computed' && from.kind !== 'constant' && from.kind !== 'feed') return true;
      if (!isCopy(kernel, from, to) || (keep.has(to.id) && (from.kind === 'feed' || changing.has(from.id))))
        return true;
      replacement.set(to.id, from.id);
      return false;
    });
    return substitute(program, replacement, instructions);
  },
};

/** Values that are seen in the buffer of one that changes in place, and so do not last. */
function inPlace({ values, instructions }: Program): ReadonlySet<ValueId> {
  const changing = new Set<ValueId>();
  for (const { replaces } of values) if (replaces !== undefined) changing.add(replaces);
  for (const { kernel, inputs, outputs } of instructions)
    if (kernel.op === 'view' && changing.has(inputs[0] ?? -1)) for (const id of outputs) changing.add(id);
  return changing;
}

/** Whether a kernel only repeats `from`, in order, as `to`. */
export function isCopy(kernel: KernelSpec, from: Value, to: Value): boolean {
  const same = from.shape.length === to.shape.length && from.shape.every((size, axis) => size === to.shape[axis]);
  if (!same) return false;
  if (kernel.op === 'view') return true;
  if (
    kernel.op !== 'elementwise' ||
    kernel.body.length !== 1 ||
    kernel.inputs.length !== 1 ||
    kernel.outputs.length !== 1
  )
    return false;
  const [input, output] = [kernel.inputs[0], kernel.outputs[0]];
  if (!input || !output || input.offset !== 0 || output.offset !== 0) return false;
  return (
    isRowMajor(input.strides, kernel.shape) &&
    isRowMajor(output.strides, kernel.shape) &&
    kernel.shape.length === to.shape.length
  );
}

/** True where the strides walk a contiguous buffer of the shape in order (axes of size 1 do not matter). */
export function isRowMajor(strides: readonly number[], shape: Shape): boolean {
  const own = rowMajorStrides(shape);
  return strides.every((stride, axis) => shape[axis] === 1 || stride === own[axis]);
}
