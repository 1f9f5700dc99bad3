// A pass rewrites a program; it has a name, and may be switched off. Values keep their ids, so that passes compose.
import type { KernelSpec } from '../../program/kernel-spec.ts';
import type { Instruction, Program, ValueId } from '../../program/program.ts';

export interface PassContext {
  /** Values that must stay readable: results, and what is retained. */
  readonly keep: ReadonlySet<ValueId>;
  /** strict: no pass may change a bit of any result. */
  readonly numerics: 'fast' | 'strict';
  /** Bytes of scratch that a kernel needs beside its buffers. */
  workspaceBytes(kernel: KernelSpec): number;
}

export interface Pass {
  readonly name: string;
  /** False: leaves the steps of the debugger as they are, so it also runs where everything is retained. */
  readonly mergesSteps: boolean;
  run(program: Program, context: PassContext): Program;
}

/** Reads `to` wherever `from` was read; names and results follow. */
export function substitute(
  program: Program,
  replacement: ReadonlyMap<ValueId, ValueId>,
  instructions: readonly Instruction[],
): Program {
  if (replacement.size === 0) return { ...program, instructions };
  const known = new Map<ValueId, ValueId>();
  const final = (id: ValueId): ValueId => {
    let at = id;
    const passed: ValueId[] = [];
    for (let next = replacement.get(at); next !== undefined; next = replacement.get(at)) {
      passed.push(at);
      at = known.get(at) ?? next;
    }
    for (const each of passed) known.set(each, at); // long rows of copies stay linear
    return at;
  };
  const aliases = new Map([...program.aliases].map(([name, id]) => [name, final(id)]));
  for (const from of replacement.keys()) aliases.set((program.values[from] as { name: string }).name, final(from));
  return {
    ...program,
    aliases,
    results: program.results.map(final),
    instructions: instructions.map((instruction) =>
      instruction.inputs.some((id) => replacement.has(id))
        ? { ...instruction, inputs: instruction.inputs.map(final) }
        : instruction,
    ),
  };
}

/** Value id → index of the instruction that computes it. */
export function producers(instructions: readonly Instruction[]): Map<ValueId, number> {
  const map = new Map<ValueId, number>();
  instructions.forEach((instruction, index) => {
    for (const id of instruction.outputs) map.set(id, index);
  });
  return map;
}
