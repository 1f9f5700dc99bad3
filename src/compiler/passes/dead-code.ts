import type { Instruction, Program } from '../../program/program.ts';
import type { Pass } from './pass.ts';

/** Drops instructions whose results nobody reads. Keeps what is kept, and every in-place update of a persistent value. */
export const deadCode: Pass = {
  name: 'dead-code',
  mergesSteps: false,
  run(program: Program, { keep }): Program {
    const needed = new Set(keep);
    const alive: Instruction[] = [];
    for (let i = program.instructions.length - 1; i >= 0; i--) {
      const instruction = program.instructions[i] as Instruction;
      const used = instruction.outputs.some((id) => needed.has(id) || program.values[id]?.replaces !== undefined);
      if (!used) continue;
      for (const id of instruction.inputs) needed.add(id);
      alive.push(instruction);
    }
    return { ...program, instructions: alive.reverse() };
  },
};
