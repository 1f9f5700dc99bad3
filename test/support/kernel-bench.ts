// Runs one generated kernel on arrays, in a memory laid out as a session's arena is: 64-byte multiples, 64 bytes of padding.
// Every gap is filled with a pattern that is checked afterwards, and the workspace with NaN, so that a kernel that writes
// outside its output, or reads what it did not write, is found out.
import type { KernelFunction, KernelLibrary } from '../../src/kernels/library.ts';
import type { KernelSpec } from '../../src/program/kernel-spec.ts';

export type Buffer = Float32Array | Int32Array;

const guardWord = 0x7fc0dead; // as a float32 a NaN

export interface KernelRun {
  readonly outputs: readonly Buffer[];
  /** Words outside outputs and workspace that changed. */
  readonly damaged: number;
}

/** `splits` are the inner ends of the parts in which the extent is computed, each with a dirty workspace. */
export function runKernel(
  library: KernelLibrary,
  spec: KernelSpec,
  inputs: readonly Buffer[],
  outputs: readonly Buffer[],
  options: { numerics?: 'fast' | 'strict'; splits?: readonly number[] } = {},
): KernelRun {
  const workspaceBytes = library.workspaceBytes(spec);
  const sizes = [...inputs.map((x) => x.byteLength), ...outputs.map((x) => x.byteLength), workspaceBytes];
  const addresses: number[] = [];
  let end = 256;
  for (const bytes of sizes) {
    addresses.push(end);
    end += Math.ceil((bytes + 64) / 64) * 64;
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil((end + 256) / 65536) });
  const words = new Int32Array(memory.buffer).fill(guardWord);
  inputs.forEach((input, i) => {
    words.set(new Int32Array(input.buffer, input.byteOffset, input.length), (addresses[i] as number) / 4);
  });
  const before = words.slice();
  const [run] = library.bind([spec], memory, options.numerics ?? 'fast') as [KernelFunction];
  const ends = [...(options.splits ?? []), library.extent(spec)];
  const workspace = addresses.at(-1) as number;
  let from = 0;
  for (const to of ends) {
    words.fill(guardWord, workspace / 4, (workspace + workspaceBytes) / 4);
    run(...addresses, from, to);
    from = to;
  }
  const results = outputs.map((output, i) => {
    const address = addresses[inputs.length + i] as number;
    const copy = output.slice();
    new Int32Array(copy.buffer).set(new Int32Array(memory.buffer, address, output.length));
    words.fill(guardWord, address / 4, address / 4 + output.length);
    return copy;
  });
  words.fill(guardWord, workspace / 4, (workspace + workspaceBytes) / 4);
  const damaged = words.reduce((count, word, i) => count + (word === before[i] ? 0 : 1), 0);
  return { outputs: results, damaged };
}
