// Runs a generated kernel again and again on the same numbers, each time with other surroundings: every buffer once at the very
// start and once at the very end of the memory, where a stray access traps, and everything between the buffers filled with
// guard words that would spoil the results (NaN, or a huge number) and must not change.
import type { KernelFunction, KernelLibrary } from '../../src/kernels/library.ts';
import { runReference } from '../../src/kernels/reference/reference.ts';
import type { KernelSpec } from '../../src/program/kernel-spec.ts';
import type { Buffer } from './kernel-bench.ts';

export interface GuardedCase {
  readonly spec: KernelSpec;
  readonly inputs: readonly Buffer[];
  /** Shapes and kinds of what is written; the contents do not matter. */
  readonly outputs: readonly Buffer[];
  /** How far a float32 result may be from the reference, relative to max(1, |reference|); 0: not at all. */
  readonly tolerance: number;
}

const pageBytes = 65_536;
/** Vector reads may run so far past a buffer's end. */
const readAhead = 64;
const poisons = [0x7fc0dead, 0x7149f2ca]; // a NaN; 1e30

/** One memory for all runs of a length, so that functions are bound once. */
export interface GuardedBench {
  /** What is wrong, or null. */
  judge(given: GuardedCase): string | null;
}

export function createGuardedBench(library: KernelLibrary, numerics: 'fast' | 'strict'): GuardedBench {
  const memories = new Map<number, WebAssembly.Memory>();

  function memoryOf(pages: number): WebAssembly.Memory {
    const memory = memories.get(pages) ?? new WebAssembly.Memory({ initial: pages, maximum: pages });
    memories.set(pages, memory);
    return memory;
  }

  return {
    judge(given) {
      const { spec, inputs, outputs } = given;
      const workspaceBytes = library.workspaceBytes(spec);
      const sizes = [...inputs, ...outputs].map((buffer) => buffer.byteLength);
      sizes.push(workspaceBytes);
      const total = sizes.reduce((sum, bytes) => sum + padded(bytes), 0);
      const pages = Math.ceil((total + 1024) / pageBytes);
      const memory = memoryOf(pages);
      const [run] = library.bind([spec], memory, numerics) as [KernelFunction];
      let first: readonly Int32Array[] | null = null;
      for (let round = 0; round < 2 * sizes.length; round++) {
        const at = layOut(sizes, Math.floor(round / 2), round % 2 === 0 ? 'start' : 'end', pages * pageBytes);
        const poison = poisons[round % 2] as number;
        const outcome = runOnce(run, memory, given, at, poison, library.extent(spec), workspaceBytes, round);
        if (typeof outcome === 'string') return `${outcome} (round ${round})`;
        first ??= outcome;
        for (const [k, words] of outcome.entries()) {
          const other = (first[k] as Int32Array).findIndex((word, i) => word !== words[i]);
          if (other >= 0) return `output ${k}[${other}] depends on what lies around the buffers (round ${round})`;
        }
      }
      return first && disagreement(given, first);
    },
  };
}

function padded(bytes: number): number {
  return Math.ceil((bytes + readAhead) / 64) * 64;
}

/** Addresses: one buffer at the start of the memory, or as far at its end as the padding allows, the others in between. */
function layOut(sizes: readonly number[], special: number, edge: 'start' | 'end', bytes: number): number[] {
  let free = edge === 'start' ? padded(sizes[special] as number) : 512;
  return sizes.map((size, i) => {
    if (i === special) return edge === 'start' ? 0 : bytes - padded(size);
    const at = free;
    free += padded(size);
    return at;
  });
}

/** The words of every output, those that nothing wrote as 0; or what went wrong. */
function runOnce(
  run: KernelFunction,
  memory: WebAssembly.Memory,
  { inputs, outputs, spec }: GuardedCase,
  at: readonly number[],
  poison: number,
  extent: number,
  workspaceBytes: number,
  round: number,
): readonly Int32Array[] | string {
  const words = new Int32Array(memory.buffer).fill(poison);
  inputs.forEach((input, i) => {
    words.set(new Int32Array(input.buffer, input.byteOffset, input.length), (at[i] as number) / 4);
  });
  const before = words.slice();
  const workspace = (at.at(-1) as number) / 4;
  // Odd rounds compute in two parts, each with a dirty workspace of its own.
  const ends = round % 2 === 0 ? [extent] : [Math.floor((extent * round) / (2 * at.length)), extent];
  let from = 0;
  for (const to of ends) {
    words.fill(poison, workspace, workspace + workspaceBytes / 4);
    try {
      run(...at, from, to);
    } catch (trap) {
      return `${spec.op} reads or writes outside the memory: ${String(trap)}`;
    }
    from = to;
  }
  const results = outputs.map((output, k) => {
    const start = (at[inputs.length + k] as number) / 4;
    const own = words.slice(start, start + output.length);
    words.fill(poison, start, start + output.length);
    return own.map((word) => (word === poison ? 0 : normal(word, output)));
  });
  words.fill(poison, workspace, workspace + workspaceBytes / 4);
  const damaged = words.findIndex((word, i) => word !== before[i]);
  return damaged < 0 ? results : `${spec.op} writes to ${damaged * 4}, outside its outputs (at ${at.join(', ')})`;
}

/** All NaNs are one: their payload is nobody's promise. */
function normal(word: number, like: Buffer): number {
  const isNaNWord = like instanceof Float32Array && (word & 0x7fffffff) > 0x7f800000;
  return isNaNWord ? 0x7fc00000 : word;
}

function disagreement({ spec, inputs, outputs, tolerance }: GuardedCase, got: readonly Int32Array[]): string | null {
  const want = outputs.map((output) => new Float64Array(output.length));
  runReference(spec, inputs, want);
  for (const [k, expected] of want.entries()) {
    const words = got[k] as Int32Array;
    const actual = outputs[k] instanceof Int32Array ? words : new Float32Array(words.buffer);
    for (const [i, b] of expected.entries()) {
      const a = actual[i] as number;
      if (Object.is(a, Math.fround(b)) || a === b) continue;
      if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b))))
        return `output ${k}[${i}] is ${a}, the reference says ${b}`;
    }
  }
  return null;
}
