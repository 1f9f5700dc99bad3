// What lives in scratch memory, for passes that look at how much of it there is: views lie in what they show, successors in what
// they replace. The allocator has the last word on both; here only sums are wanted.
import type { Instruction, Program, ValueId } from '../../program/program.ts';
import { numel } from '../../tensor/shape.ts';
import { isScratch, paddedBytes } from '../allocate.ts';
import type { PassContext } from './pass.ts';

export interface Storages {
  /** The value in whose storage this one lies. */
  rootOf(id: ValueId): ValueId;
  /** Of a storage; 0 for a view, and for what does not live in scratch or lives there all the time. */
  bytesOf(id: ValueId): number;
}

export interface Life {
  readonly first: number;
  /** The number of instructions, of what is kept. */
  readonly last: number;
}

/** As the program stands: one walk over its instructions. */
export function storagesOf(program: Program): Storages {
  const { values, instructions } = program;
  const root = new Int32Array(values.length);
  for (let id = 0; id < values.length; id++) root[id] = id;
  for (const { kernel, inputs, outputs } of instructions)
    if (kernel.op === 'view') for (const id of outputs) root[id] = root[inputs[0] as ValueId] as ValueId;
  const bytes = new Float64Array(values.length);
  values.forEach(({ data, shape }, id) => {
    if (root[id] === id && data === undefined && isScratch(program, id)) bytes[id] = paddedBytes(numel(shape));
  });
  return {
    rootOf: (id) => root[id] as ValueId,
    bytesOf: (id) => bytes[id] as number,
  };
}

/** Of all storages that instructions, in this order, read or write; feeds are there from the start. */
export function livesOf(
  { values }: Program,
  instructions: readonly Instruction[],
  { rootOf }: Storages,
  keep: ReadonlySet<ValueId>,
): Map<ValueId, Life> {
  const lives = new Map<ValueId, { readonly first: number; last: number }>();
  const touch = (id: ValueId, at: number) => {
    const root = rootOf(id);
    const life = lives.get(root);
    if (life) life.last = at;
    else lives.set(root, { first: values[root]?.kind === 'feed' ? 0 : at, last: at });
  };
  instructions.forEach(({ inputs, outputs }, at) => {
    for (const id of inputs) touch(id, at);
    for (const id of outputs) touch(id, at);
  });
  for (const id of keep) {
    const life = lives.get(rootOf(id));
    if (life) life.last = instructions.length;
  }
  return lives;
}

/** Most bytes of feeds, computed values and workspaces alive at one instruction. */
export function peakBytes(
  program: Program,
  instructions: readonly Instruction[],
  { keep, workspaceBytes }: PassContext,
): number {
  const storages = storagesOf(program);
  /** By how much more is alive at an instruction than at the one before. */
  const change = new Float64Array(instructions.length + 2);
  const add = (first: number, last: number, bytes: number) => {
    change[first] = (change[first] as number) + bytes;
    change[last + 1] = (change[last + 1] as number) - bytes;
  };
  for (const [id, { first, last }] of livesOf(program, instructions, storages, keep))
    add(first, last, storages.bytesOf(id));
  instructions.forEach(({ kernel }, at) => void add(at, at, workspaceBytes(kernel)));
  let [now, most] = [0, 0];
  for (const by of change) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
