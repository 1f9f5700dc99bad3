import type { Instruction, Program, ValueId } from '../../program/program.ts';
import { numel } from '../../tensor/shape.ts';
import { paddedBytes } from '../allocate.ts';
import { peakOf } from '../place.ts';
import type { Pass, PassContext } from './pass.ts';

/** Choosing looks at all that could come next: in larger programs the given order stays. */
const mostInstructions = 4000;

/**
 * Within each phase, instructions that free more than they take come first, where that lowers the peak of living bytes; else the
 * order stays. What reads a persistent value comes before what replaces it, as before.
 */
export const order: Pass = {
  name: 'order',
  mergesSteps: true,
  run(program: Program, context: PassContext): Program {
    if (program.instructions.length > mostInstructions) return program;
    const instructions = reordered(program, context);
    const before = peakBytes(program, program.instructions, context);
    return peakBytes(program, instructions, context) < before ? { ...program, instructions } : program;
  },
};

/** Storage of each value: views lie in what they show, successors in what they replace; what does not live in scratch is 0 bytes. */
function storagesOf({ values, instructions }: Program) {
  const root = new Map<ValueId, ValueId>();
  for (const { kernel, inputs, outputs } of instructions)
    if (kernel.op === 'view')
      for (const id of outputs) root.set(id, root.get(inputs[0] as ValueId) ?? (inputs[0] as ValueId));
  const rootOf = (id: ValueId): ValueId => root.get(id) ?? id;
  const bytesOf = (id: ValueId): number => {
    const value = values[id];
    const scratch = value?.kind === 'computed' && value.replaces === undefined;
    return value && scratch && rootOf(id) === id ? paddedBytes(numel(value.shape)) : 0;
  };
  return { rootOf, bytesOf };
}

function peakBytes(
  program: Program,
  instructions: readonly Instruction[],
  { keep, workspaceBytes }: PassContext,
): number {
  const { rootOf, bytesOf } = storagesOf(program);
  const lives = new Map<ValueId, { first: number; last: number }>();
  instructions.forEach(({ inputs, outputs }, index) => {
    for (const id of [...inputs, ...outputs]) {
      const life = lives.get(rootOf(id));
      if (life) life.last = index;
      else lives.set(rootOf(id), { first: index, last: index });
    }
  });
  for (const id of keep) {
    const life = lives.get(rootOf(id));
    if (life) life.last = instructions.length;
  }
  const storages = [...lives].map(([id, life]) => ({ ...life, bytes: bytesOf(id), offset: 0 }));
  const workspaces = instructions.map(({ kernel }, at) => ({
    bytes: workspaceBytes(kernel),
    first: at,
    last: at,
    offset: 0,
  }));
  return peakOf([...storages, ...workspaces]);
}

function reordered(program: Program, { keep }: PassContext): Instruction[] {
  const { values, instructions } = program;
  const { rootOf, bytesOf } = storagesOf(program);
  const kept = new Set([...keep].map(rootOf));
  const writer = new Map<ValueId, number>();
  /** Of a storage, through views too. */
  const readers = new Map<ValueId, number[]>();
  instructions.forEach(({ inputs, outputs }, index) => {
    for (const id of outputs) writer.set(id, index);
    for (const id of new Set(inputs.map(rootOf))) {
      const known = readers.get(id);
      if (known) known.push(index);
      else readers.set(id, [index]);
    }
  });
  /** Instruction → those that must come before it, and how many are still to come. */
  const followers = instructions.map(() => new Set<number>());
  const waits = new Int32Array(instructions.length);
  const after = (earlier: number | undefined, later: number) => {
    if (earlier === undefined || earlier === later || followers[earlier]?.has(later)) return;
    followers[earlier]?.add(later);
    waits[later] = (waits[later] as number) + 1;
  };
  instructions.forEach(({ inputs, outputs }, index) => {
    for (const id of inputs) after(writer.get(id), index);
    for (const id of outputs) {
      const before = values[id]?.replaces;
      if (before !== undefined) for (const reader of readers.get(before) ?? []) after(reader, index);
    }
  });
  /** Instructions that still read a storage, or a view of it. */
  const left = new Map<ValueId, Set<number>>();
  instructions.forEach(({ inputs }, index) => {
    for (const id of inputs) left.set(rootOf(id), (left.get(rootOf(id)) ?? new Set()).add(index));
  });
  const growth = (index: number): number => {
    const { inputs, outputs } = instructions[index] as Instruction;
    let bytes = outputs.reduce((sum, id) => sum + bytesOf(id), 0);
    for (const id of new Set(inputs.map(rootOf))) if (!kept.has(id) && left.get(id)?.size === 1) bytes -= bytesOf(id);
    return bytes;
  };
  /** Of every instruction, brought up to date where one of its inputs has no other reader left. */
  const growths = Float64Array.from(instructions, (_, index) => growth(index));
  const done: Instruction[] = [];
  for (const phase of ['forward', 'backward', 'update'] as const) {
    const ready = instructions.flatMap(({ origin }, at) => (origin.phase === phase && waits[at] === 0 ? [at] : []));
    while (ready.length > 0) {
      let best = 0;
      for (let i = 1; i < ready.length; i++) {
        const [index, other] = [ready[i] as number, ready[best] as number];
        const less = (growths[index] as number) - (growths[other] as number);
        if (less < 0 || (less === 0 && index < other)) best = i;
      }
      const [index] = ready.splice(best, 1) as [number];
      done.push(instructions[index] as Instruction);
      for (const id of new Set(instructions[index]?.inputs.map(rootOf))) {
        const others = left.get(id);
        others?.delete(index);
        if (others?.size === 1) for (const other of others) growths[other] = growth(other);
      }
      for (const follower of followers[index] ?? []) {
        waits[follower] = (waits[follower] as number) - 1;
        if (waits[follower] === 0 && instructions[follower]?.origin.phase === phase) ready.push(follower);
      }
    }
  }
  return done.length === instructions.length ? done : [...instructions];
}
