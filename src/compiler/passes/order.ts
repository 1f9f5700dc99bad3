import type { Instruction, Program, ValueId } from '../../program/program.ts';
import type { Pass, PassContext } from './pass.ts';
import { createPriorityQueue } from './priority-queue.ts';
import { peakBytes, storagesOf } from './storages.ts';

/**
 * Within each phase, instructions that free more than they take come first, where that lowers the peak of living bytes; else the
 * order stays. What reads a persistent value comes before what replaces it, as before.
 */
export const order: Pass = {
  name: 'order',
  mergesSteps: true,
  run(program: Program, context: PassContext): Program {
    const instructions = reordered(program, context);
    const before = peakBytes(program, program.instructions, context);
    return peakBytes(program, instructions, context) < before ? { ...program, instructions } : program;
  },
};

function reordered(program: Program, { keep }: PassContext): readonly Instruction[] {
  const { values, instructions } = program;
  const { rootOf, bytesOf } = storagesOf(program);
  const kept = new Set([...keep].map(rootOf));
  const writer = new Int32Array(values.length).fill(-1);
  /** Of every instruction, the storages that it reads, each once. */
  const reads: ValueId[][] = instructions.map(({ inputs }) => [...new Set(inputs.map(rootOf))]);
  /** Of a storage, through views too. */
  const readers = new Map<ValueId, number[]>();
  instructions.forEach(({ outputs }, index) => {
    for (const id of outputs) writer[id] = index;
    for (const id of reads[index] as ValueId[]) {
      const known = readers.get(id);
      if (known) known.push(index);
      else readers.set(id, [index]);
    }
  });
  /** Instruction → those that must come behind it, once for every reason; and how many reasons are still to come. */
  const followers: number[][] = instructions.map(() => []);
  const waits = new Int32Array(instructions.length);
  const after = (earlier: number, later: number) => {
    if (earlier < 0 || earlier === later) return;
    followers[earlier]?.push(later);
    waits[later] = (waits[later] as number) + 1;
  };
  instructions.forEach(({ inputs, outputs }, index) => {
    for (const id of inputs) after(writer[id] as number, index);
    for (const id of outputs) {
      const before = values[id]?.replaces;
      if (before !== undefined) for (const reader of readers.get(before) ?? []) after(reader, index);
    }
  });
  /** How many instructions still read a storage, or a view of it. */
  const left = new Int32Array(values.length);
  for (const [id, { length }] of readers) left[id] = length;
  const growth = (index: number): number => {
    let bytes = 0;
    for (const id of (instructions[index] as Instruction).outputs) bytes += bytesOf(id);
    for (const id of reads[index] as ValueId[]) if (left[id] === 1 && !kept.has(id)) bytes -= bytesOf(id);
    return bytes;
  };
  const done = new Uint8Array(instructions.length);
  const result: Instruction[] = [];
  for (const phase of ['forward', 'backward', 'update'] as const) {
    // By growth, then by the order given. Growth only falls: whoever lies here twice is taken at its lower one.
    const ready = createPriorityQueue();
    const isReady = (index: number) => waits[index] === 0 && instructions[index]?.origin.phase === phase;
    instructions.forEach((_, index) => {
      if (isReady(index)) ready.add(index, growth(index));
    });
    for (let index = ready.take(); index >= 0; index = ready.take()) {
      if (done[index] === 1) continue;
      done[index] = 1;
      result.push(instructions[index] as Instruction);
      for (const id of reads[index] as ValueId[]) {
        left[id] = (left[id] as number) - 1;
        if (left[id] !== 1) continue;
        const last = readers.get(id)?.find((reader) => done[reader] === 0);
        if (last !== undefined && isReady(last)) ready.add(last, growth(last));
      }
      for (const follower of followers[index] as number[]) {
        waits[follower] = (waits[follower] as number) - 1;
        if (isReady(follower)) ready.add(follower, growth(follower));
      }
    }
  }
  return result.length === instructions.length ? result : instructions;
}
