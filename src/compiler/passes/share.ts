import type { Instruction, Program, ValueId } from '../../program/program.ts';
import { type Pass, substitute } from './pass.ts';

/** Computes equal kernels on equal inputs once; what is kept has another name then. In-place updates stay. */
export const share: Pass = {
  name: 'share',
  mergesSteps: true,
  run(program: Program): Program {
    const seen = new Map<string, Instruction>();
    const replacement = new Map<ValueId, ValueId>();
    const final = (id: ValueId) => replacement.get(id) ?? id;
    const instructions = program.instructions.filter((instruction) => {
      if (instruction.outputs.some((id) => program.values[id]?.replaces !== undefined)) return true;
      const key = `${instruction.inputs.map(final).join(',')} ${JSON.stringify(instruction.kernel)} ${instruction.outputs.map((id) => program.values[id]?.shape.join('×')).join()}`;
      const before = seen.get(key);
      if (!before) {
        seen.set(key, instruction);
        return true;
      }
      instruction.outputs.forEach((id, slot) => void replacement.set(id, before.outputs[slot] as ValueId));
      return false;
    });
    return substitute(program, replacement, instructions);
  },
};
