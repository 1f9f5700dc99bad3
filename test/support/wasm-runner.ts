// Runs single kernels through the generated WebAssembly, for tests that hand arrays in and out. Guard words around every
// output show writes beyond it.
import { createKernelLibrary } from '../../src/kernels/library.ts';
import { runReference } from '../../src/kernels/reference/reference.ts';
import type { NumericArray } from '../../src/tensor/dtype.ts';
import type { KernelRunner } from './operator-harness.ts';

const align = 64;
const guard = 0x5a5a5a5a;

/** A runner with a memory and a library of its own. */
export function createWasmRunner(numerics: 'fast' | 'strict'): KernelRunner {
  const library = createKernelLibrary();
  const memory = new WebAssembly.Memory({ initial: 64 });
  return (spec, inputs, outputs) => {
    const [run] = library.bind([spec], memory, numerics);
    if (!run) {
      runReference(spec, inputs, outputs);
      return;
    }
    let top = align;
    const place = (bytes: number): number => {
      const at = top;
      top += Math.ceil(bytes / align) * align + align;
      return at;
    };
    const inputsAt = inputs.map((array) => place(array.length * 4));
    const outputsAt = outputs.map((array) => place(array.length * 4));
    const workspaceAt = place(library.workspaceBytes(spec));
    const missing = top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    const words = new Int32Array(memory.buffer, 0, top / 4);
    words.fill(guard);
    inputs.forEach((array, i) => void windowOf(memory, array, inputsAt[i] as number).set(array));
    run(...inputsAt, ...outputsAt, workspaceAt, 0, library.extent(spec));
    outputs.forEach((array, i) => {
      const at = outputsAt[i] as number;
      array.set(windowOf(memory, array, at));
      const after = words[at / 4 + array.length];
      if (words[at / 4 - 1] !== guard || after !== guard) throw new Error(`${spec.op} wrote beyond output ${i}`);
    });
  };
}

function windowOf(memory: WebAssembly.Memory, like: NumericArray, at: number): Float32Array | Int32Array {
  return like instanceof Int32Array
    ? new Int32Array(memory.buffer, at, like.length)
    : new Float32Array(memory.buffer, at, like.length);
}
