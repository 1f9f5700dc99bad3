import type { Instruction, Program, Value, ValueId } from '../../program/program.ts';
import { numel } from '../../tensor/shape.ts';
import { type Pass, producers } from './pass.ts';

/** What is smaller is not worth another instruction. */
const leastElements = 1024;

/**
 * Elementwise values that the backward phase reads are computed a second time there instead of being kept, from values that are
 * kept for other readers anyway: less memory for a little more time. The same kernel on the same numbers gives the same bits.
 */
export const recompute: Pass = {
  name: 'recompute',
  mergesSteps: true,
  run(program: Program, { keep }): Program {
    const { instructions } = program;
    const values: Value[] = [...program.values];
    const producer = producers(instructions);
    const readers = new Map<ValueId, number[]>();
    const replacedAt = new Map<ValueId, number>();
    instructions.forEach((instruction, index) => {
      for (const id of new Set(instruction.inputs)) {
        const known = readers.get(id);
        if (known) known.push(index);
        else readers.set(id, [index]);
      }
      for (const id of instruction.outputs) {
        const before = values[id]?.replaces;
        if (before !== undefined) replacedAt.set(before, index);
      }
    });
    const isForward = (index: number) => instructions[index]?.origin.phase === 'forward';
    /** Instruction → what has to stand before it. */
    const again = new Map<number, Instruction[]>();
    const replacement = new Map<ValueId, { readonly id: ValueId; readonly from: number }>();

    /** Whether a value still holds its numbers at `index`, needed there or later anyway. */
    const lasts = (id: ValueId, index: number): boolean => {
      const value = values[id] as Value;
      if ((replacedAt.get(id) ?? Number.POSITIVE_INFINITY) < index) return false;
      if (value.kind !== 'computed' && value.kind !== 'feed') return true;
      const giver = instructions[producer.get(id) ?? -1];
      if (value.replaces !== undefined || replacement.has(id) || giver?.kernel.op === 'view') return false;
      return keep.has(id) || numel(value.shape) < leastElements || (readers.get(id)?.at(-1) ?? -1) >= index;
    };

    for (const [index, instruction] of instructions.entries()) {
      const [id] = instruction.outputs;
      if (instruction.kernel.op !== 'elementwise' || instruction.outputs.length !== 1 || id === undefined) continue;
      const value = values[id] as Value;
      if (!isForward(index) || keep.has(id) || value.replaces !== undefined || producer.get(id) !== index) continue;
      if (numel(value.shape) < leastElements) continue;
      const first = readers.get(id)?.find((reader) => !isForward(reader));
      const views = readers.get(id)?.some((reader) => instructions[reader]?.kernel.op === 'view');
      if (first === undefined || views || !instruction.inputs.every((input) => lasts(input, first))) continue;
      const name = `${value.name}:again`;
      const copy =
        values.push({ id: values.length, name, dtype: value.dtype, shape: value.shape, kind: 'computed' }) - 1;
      replacement.set(id, { id: copy, from: first });
      again.set(first, [
        ...(again.get(first) ?? []),
        {
          ...instruction,
          outputs: [copy],
          origin: { ...instruction.origin, phase: instructions[first]?.origin.phase ?? 'backward' },
          label: `${instruction.label} again`,
          madeBy: 'recompute',
        },
      ]);
    }
    return {
      ...program,
      values,
      instructions: instructions.flatMap((instruction, index) => {
        const inputs = instruction.inputs.map((id) => {
          const other = replacement.get(id);
          return other && index >= other.from ? other.id : id;
        });
        return [...(again.get(index) ?? []), { ...instruction, inputs }];
      }),
    };
  },
};
