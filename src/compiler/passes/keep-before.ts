import type { Access, ElementwiseSpec, Expression, OutputAccess } from '../../program/kernel-spec.ts';
import type { Instruction, Program, ValueId } from '../../program/program.ts';
import { rowMajorStrides, sameShape } from '../../tensor/shape.ts';
import { isCopy, isRowMajor } from './forward-copies.ts';
import type { Pass } from './pass.ts';

/**
 * A copy of what is about to be replaced is stored by the instruction that replaces it: it reads those numbers anyway. Only copies
 * that no instruction reads, asked for to tell by how much a step changed something.
 */
export const keepBefore: Pass = {
  name: 'keep-before',
  mergesSteps: true,
  run(program: Program): Program {
    const { values } = program;
    const read = new Set(program.instructions.flatMap(({ inputs }) => inputs));
    const instructions: (Instruction | null)[] = [...program.instructions];
    const replacedAt = new Map<ValueId, number>();
    instructions.forEach((instruction, at) => {
      for (const id of instruction?.outputs ?? []) {
        const before = values[id]?.replaces;
        if (before !== undefined) replacedAt.set(before, at);
      }
    });
    program.instructions.forEach(({ kernel, inputs, outputs }, at) => {
      const [from, to] = [values[inputs[0] ?? -1], values[outputs[0] ?? -1]];
      const place = replacedAt.get(inputs[0] ?? -1);
      if (!from || !to || place === undefined || place <= at || read.has(to.id) || to.replaces !== undefined) return;
      const joined = isCopy(kernel, from, to) && join(instructions[place], from.id, to.id, from.shape);
      if (!joined) return;
      instructions[place] = joined;
      instructions[at] = null;
    });
    return { ...program, instructions: instructions.filter((instruction) => instruction !== null) };
  },
};

/** The instruction with `copy` as one more output; null where it does not walk the numbers of `id` in order. */
function join(
  instruction: Instruction | null | undefined,
  id: ValueId,
  copy: ValueId,
  shape: readonly number[],
): Instruction | null {
  if (instruction?.kernel.op !== 'elementwise') return null;
  const { kernel, inputs, outputs } = instruction;
  if (!sameShape(kernel.shape, shape)) return null;
  const inOrder = ({ offset, strides }: Access) => offset === 0 && isRowMajor(strides, shape);
  const own = inputs.findIndex((input, i) => input === id && inOrder(kernel.inputs[i] as Access));
  if (own < 0) return null;
  const body: Expression[] = [...kernel.body, { op: 'input', input: own }];
  const strides = rowMajorStrides(shape);
  const stored: OutputAccess = { dtype: 'float32', offset: 0, strides, slot: outputs.length, value: body.length - 1 };
  const joined: ElementwiseSpec = { ...kernel, body, outputs: [...kernel.outputs, stored] };
  return { ...instruction, kernel: joined, outputs: [...outputs, copy], madeBy: 'keep-before' };
}
