// allocate: gives every scratch value an offset. Stages: (1) storages: a view shares its source's bytes; (2) lifetimes over
// the instruction order; (3) places (place.ts). Not here: the order of instructions, and in-place results.

import type { Program, ValueId } from '../program/program.ts';
import { numel } from '../tensor/shape.ts';
import { peakOf, place, placeInOrder, type Storage } from './place.ts';

const alignment = 64;
/** Vector loads may read past a buffer's end by this much. */
const padding = 64;

export interface Interval {
  readonly first: number;
  readonly last: number;
}

export interface Allocation {
  /** Byte offset of every scratch value. */
  readonly offsets: ReadonlyMap<ValueId, number>;
  readonly lives: ReadonlyMap<ValueId, Interval>;
  /** Per instruction: offset of its workspace, or -1. */
  readonly workspaces: readonly number[];
  readonly scratchBytes: number;
  readonly lowerBoundBytes: number;
  readonly sumBytes: number;
}

/** Bytes that a buffer of this many elements takes, padding included. */
export function paddedBytes(elements: number): number {
  return Math.ceil((elements * 4 + padding) / alignment) * alignment;
}

export interface AllocateOptions {
  /** Nothing is re-used: every value stays readable to the end. */
  readonly retainAll: boolean;
  /** Values that stay readable to the end. */
  readonly keep: ReadonlySet<ValueId>;
  workspaceBytes(instruction: number): number;
}

/** Offsets from the start of scratch. `lowerBoundBytes`: the most that is alive at once; `sumBytes`: the same without re-use. */
export function allocate(program: Program, options: AllocateOptions): Allocation {
  const { values, instructions } = program;
  const end = instructions.length;
  const root = new Map<ValueId, ValueId>();
  const rootOf = (id: ValueId): ValueId => root.get(id) ?? id;
  const lives = new Map<ValueId, { first: number; last: number }>();
  const touch = (id: ValueId, at: number) => {
    const life = lives.get(id);
    if (!life) lives.set(id, { first: at, last: at });
    else if (at > life.last) life.last = at;
  };
  for (const value of values) {
    if (value.kind !== 'feed') continue;
    touch(value.id, 0);
    if (value.data) touch(value.id, end); // nobody feeds it again
  }
  instructions.forEach((instruction, index) => {
    for (const id of instruction.inputs) touch(rootOf(id), index);
    for (const id of instruction.outputs) {
      if (instruction.kernel.op === 'view') {
        root.set(id, rootOf(instruction.inputs[0] as ValueId));
        touch(rootOf(id), index);
      } else touch(id, index);
    }
  });
  for (const [id, life] of lives) if (options.retainAll || options.keep.has(id)) life.last = end;
  for (const id of options.keep) {
    const life = lives.get(rootOf(id));
    if (life) life.last = end;
  }

  const storages = new Map<ValueId, Storage>();
  for (const value of values) {
    const life = lives.get(value.id);
    if (!life || rootOf(value.id) !== value.id || !isScratch(program, value.id)) continue;
    storages.set(value.id, { bytes: paddedBytes(numel(value.shape)), ...life, offset: 0 });
  }
  const workspaces: (Storage | null)[] = instructions.map((_, index) => {
    const bytes = options.workspaceBytes(index);
    return bytes === 0
      ? null
      : { bytes: Math.ceil((bytes + padding) / alignment) * alignment, first: index, last: index, offset: 0 };
  });
  const all = [...storages.values(), ...workspaces.filter((workspace) => workspace !== null)];
  const scratchBytes = options.retainAll ? placeInOrder(all, end) : place(all);

  const offsets = new Map<ValueId, number>();
  for (const value of values) {
    const storage = storages.get(rootOf(value.id));
    if (storage) offsets.set(value.id, storage.offset);
  }
  const result = new Map<ValueId, Interval>();
  for (const value of values) {
    const life = lives.get(rootOf(value.id));
    if (life) result.set(value.id, life);
  }
  return {
    offsets,
    lives: result,
    workspaces: workspaces.map((workspace) => workspace?.offset ?? -1),
    scratchBytes,
    lowerBoundBytes: peakOf(all),
    sumBytes: all.reduce((sum, storage) => sum + storage.bytes, 0),
  };
}

/** Feeds and computed values that do not replace a persistent one. */
export function isScratch(program: Program, id: ValueId): boolean {
  const value = program.values[id];
  return value !== undefined && (value.kind === 'feed' || value.kind === 'computed') && value.replaces === undefined;
}
