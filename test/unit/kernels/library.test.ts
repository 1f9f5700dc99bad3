import { describe, expect, test } from 'vitest';
import { canonicalText } from '../../../src/kernels/canonical.ts';
import { detectFeatures } from '../../../src/kernels/features.ts';
import { createKernelLibrary, type KernelFunction } from '../../../src/kernels/library.ts';
import type { GemmSpec, KernelSpec } from '../../../src/program/kernel-spec.ts';

function gemm(m: number, constant?: number): GemmSpec {
  const operand = (row: number) => ({ offset: 0, batch: [], row, column: 1 });
  const epilogue: GemmSpec['epilogue'] =
    constant === undefined
      ? null
      : {
          inputs: [],
          body: [
            { op: 'input', input: 0 },
            { op: 'const', value: constant },
            { op: 'mul', a: 0, b: 1 },
          ],
        };
  return { op: 'gemm', batch: [], m, n: 5, k: 3, a: operand(3), b: operand(5), epilogue };
}

const memory = (shared = false) => new WebAssembly.Memory({ initial: 1, maximum: 1, shared });

function bindOne(
  library: ReturnType<typeof createKernelLibrary>,
  spec: KernelSpec,
  to = memory(),
  numerics: 'fast' | 'strict' = 'fast',
) {
  return library.bind([spec], to, numerics)[0] as KernelFunction;
}

/** Bytes of the modules that `act` constructs; those that this engine refuses count too. */
function modulesMade(act: () => void): Uint8Array[] {
  const Original = WebAssembly.Module;
  const made: Uint8Array[] = [];
  WebAssembly.Module = class extends Original {
    constructor(bytes: BufferSource) {
      made.push(bytes as Uint8Array);
      super(bytes);
    }
  };
  try {
    act();
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
  } finally {
    WebAssembly.Module = Original;
  }
  return made;
}

/** Whether the bytes hold the opcode of f32x4.relaxed_madd. */
const fuses = (bytes: Uint8Array) => bytes.join().includes([0xfd, 0x85, 0x02].join());

describe('canonical text', () => {
  test('does not depend on the order of keys, and tells apart what JSON confuses', () => {
    expect(canonicalText({ a: 1, b: [2, { d: 3, c: null }] })).toBe(canonicalText({ b: [2, { c: null, d: 3 }], a: 1 }));
    const values = [
      0,
      -0,
      1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      null,
      '0',
      '1',
      [],
      [0],
      {},
      [[0]],
      0.1,
      1e-30,
    ];
    expect(new Set(values.map(canonicalText)).size).toBe(values.length);
  });
});

describe('kernel library', () => {
  test('gives equal specs one function and compiles all that is missing as one module', () => {
    const library = createKernelLibrary({ fma: false });
    const at = memory();
    let first: (KernelFunction | null)[] = [];
    let second: (KernelFunction | null)[] = [];
    const reordered = Object.fromEntries(Object.entries(gemm(2)).reverse()) as unknown as GemmSpec;
    expect(
      modulesMade(() => {
        first = library.bind([gemm(2), gemm(4), gemm(2), reordered], at, 'fast');
      }),
    ).toHaveLength(1);
    expect(
      modulesMade(() => {
        second = library.bind([gemm(4), gemm(7), gemm(8)], at, 'fast');
      }),
    ).toHaveLength(1);
    expect(modulesMade(() => library.bind([gemm(8), gemm(2)], memory(), 'fast'))).toHaveLength(0);
    expect(first[2]).toBe(first[0]);
    expect(first[3]).toBe(first[0]);
    expect(second[0]).toBe(first[1]);
    expect(new Set([...first, ...second]).size).toBe(4);
  });

  test('binds to each memory by itself', () => {
    const library = createKernelLibrary({ fma: false });
    const [here, there] = [memory(), memory()];
    const run = bindOne(library, gemm(1), here);
    bindOne(library, gemm(1), there);
    new Float32Array(here.buffer).fill(2, 0, 64);
    run(0, 64, 1024, 0, 0, library.extent(gemm(1)));
    expect([...new Float32Array(here.buffer, 1024, 6)]).toEqual([12, 12, 12, 12, 12, 0]);
    expect(new Float32Array(there.buffer, 1024, 5).every((x) => x === 0)).toBe(true);
  });

  test('constants that JSON cannot write make different kernels', () => {
    const library = createKernelLibrary({ fma: false });
    const at = memory();
    const values = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    new Float32Array(at.buffer).fill(1, 0, 64);
    const results = values.map((value) => {
      bindOne(library, gemm(1, value), at)(0, 64, 1024, 0, 0, 1);
      return new Float32Array(at.buffer, 1024, 1)[0];
    });
    expect(results).toEqual([0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  test('a view has no function, no workspace and no extent', () => {
    const library = createKernelLibrary();
    expect(library.bind([{ op: 'view' }], memory(), 'fast')).toEqual([null]);
    expect(library.workspaceBytes({ op: 'view' })).toBe(0);
    expect(library.extent({ op: 'view' })).toBe(0);
  });

  test('works on shared memory when asked', () => {
    const library = createKernelLibrary({ fma: false, shared: true });
    const at = memory(true);
    new Float32Array(at.buffer).fill(1, 0, 64);
    bindOne(library, gemm(1), at)(0, 64, 1024, 0, 0, 1);
    expect(new Float32Array(at.buffer, 1024, 5)).toEqual(new Float32Array(5).fill(3));
  });

  test('fuses multiply-add in fast numerics only', () => {
    const geometry = {
      batch: 1,
      inChannels: 2,
      inSize: [5, 5],
      outChannels: 3,
      outSize: [3, 3],
      kernel: [3, 3],
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
    } as const;
    const directions = ['forward', 'input_grad', 'weight_grad'] as const;
    const specs: KernelSpec[] = [
      gemm(9),
      ...directions.map((direction) => ({ op: 'conv2d', direction, geometry, epilogue: null }) as const),
    ];
    for (const spec of specs) {
      const bytes = (fma: boolean, numerics: 'fast' | 'strict') =>
        modulesMade(() => bindOne(createKernelLibrary({ fma }), spec, memory(), numerics))[0] as Uint8Array;
      expect(fuses(bytes(true, 'fast'))).toBe(true);
      expect(fuses(bytes(true, 'strict'))).toBe(false);
      expect(fuses(bytes(false, 'fast'))).toBe(false);
    }
  });

  test('without being told, uses only what this engine has', () => {
    expect(bindOne(createKernelLibrary(), gemm(9))).toBeTypeOf('function');
    expect(detectFeatures().sharedMemory).toBe(true);
  });
});
