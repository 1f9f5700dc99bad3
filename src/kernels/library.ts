// Turns kernel specs to callable WebAssembly functions. Equal specs share one function; what is missing for a bind is
// compiled as one module; modules outlive the memories that they are bound to. Pointers are arguments of every call, so
// that moving a buffer needs no new code. Holds no memory and plans none.
import type { KernelSpec } from '../program/kernel-spec.ts';
import { canonicalText } from './canonical.ts';
import type { EmitOptions, KernelEmitter, Tile } from './emit/emitter.ts';
import { emitters } from './emit/emitters.ts';
import { uniformFill } from './emit/uniform-fill.ts';
import type { FunctionCode } from './encoder/code.ts';
import { moduleOf } from './encoder/module.ts';
import { detectFeatures } from './features.ts';
import { defaultTile } from './tune.ts';

/** Byte addresses of inputs, outputs and workspace, then the part [from, to) of the extent. */
export type KernelFunction = (...integers: number[]) => void;

export interface KernelLibraryOptions {
  /** Use fused multiply-add in fast numerics; by default when the engine has it. */
  readonly fma?: boolean;
  /** The memories to be bound are shared ones. */
  readonly shared?: boolean;
  readonly tile?: Tile;
}

export interface KernelLibrary {
  /** Whether fast numerics compute with fused multiply-add. */
  readonly fma: boolean;
  /** One function a spec, in order; null for `view`, which has nothing to do. */
  bind(
    specs: readonly KernelSpec[],
    memory: WebAssembly.Memory,
    numerics: 'fast' | 'strict',
  ): (KernelFunction | null)[];
  /** Where the functions of a bind are, for other threads; null for `view`. Compiles what is missing. */
  place(specs: readonly KernelSpec[], numerics: 'fast' | 'strict'): (PlacedKernel | null)[];
  /** Draws uniform numbers into memory: `between` of the stream `key`, one after the other. */
  fillUniform(memory: WebAssembly.Memory, address: number, count: number, uniform: UniformNumbers): void;
  /** The tile of kernels that are made from now on in fast numerics; results do not depend on it. */
  setTile(tile: Tile): void;
  /** Bytes of workspace that each concurrent call needs. */
  workspaceBytes(spec: KernelSpec): number;
  /** Length of the output axis that `from` and `to` split; 0 for `view`. */
  extent(spec: KernelSpec): number;
}

export interface UniformNumbers {
  /** Of tensor/random.ts. */
  readonly key: number;
  readonly low: number;
  readonly high: number;
}

export interface PlacedKernel {
  readonly module: WebAssembly.Module;
  readonly exportName: string;
}

/** Empty: a kernel is emitted and compiled when first wanted, and serves every plan whose spec is the same. */
export function createKernelLibrary(options: KernelLibraryOptions = {}): KernelLibrary {
  const fma = options.fma ?? detectFeatures().relaxedSimd;
  const shared = options.shared ?? false;
  const compiled = new Map<string, PlacedKernel>();
  const instances = new WeakMap<WebAssembly.Memory, Map<WebAssembly.Module, WebAssembly.Instance>>();

  let tuned = options.tile;
  let filler: WebAssembly.Module | undefined;

  function emitOptions(numerics: 'fast' | 'strict'): EmitOptions {
    const fused = fma && numerics === 'fast';
    return { fma: fused, numerics, tile: (numerics === 'fast' ? tuned : options.tile) ?? defaultTile(fused) };
  }

  function compile(missing: ReadonlyMap<string, FunctionCode>): void {
    if (missing.size === 0) return;
    const module = new WebAssembly.Module(moduleOf([...missing.values()], { shared }));
    [...missing.keys()].forEach((key, position) => {
      compiled.set(key, { module, exportName: String(position) });
    });
  }

  function instanceOf(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Instance {
    const ofMemory = instances.get(memory) ?? new Map<WebAssembly.Module, WebAssembly.Instance>();
    instances.set(memory, ofMemory);
    const instance = ofMemory.get(module) ?? new WebAssembly.Instance(module, { env: { memory } });
    ofMemory.set(module, instance);
    return instance;
  }

  function place(specs: readonly KernelSpec[], numerics: 'fast' | 'strict'): (PlacedKernel | null)[] {
    const emit = emitOptions(numerics);
    const keys = specs.map((spec) => (spec.op === 'view' ? null : `${numerics} ${canonicalText(spec)}`));
    const missing = new Map<string, FunctionCode>();
    specs.forEach((spec, i) => {
      const key = keys[i] as string | null;
      if (key !== null && !compiled.has(key) && !missing.has(key)) {
        missing.set(key, emitterOf(spec)?.emit(spec, emit) as FunctionCode);
      }
    });
    compile(missing);
    return keys.map((key) => (key === null ? null : (compiled.get(key) as PlacedKernel)));
  }

  return {
    fma,
    place,
    bind: (specs, memory, numerics) =>
      place(specs, numerics).map((placed) =>
        placed === null ? null : (instanceOf(placed.module, memory).exports[placed.exportName] as KernelFunction),
      ),
    fillUniform(memory, address, count, { key, low, high }) {
      filler ??= new WebAssembly.Module(moduleOf([uniformFill()], { shared }));
      const fill = instanceOf(filler, memory).exports['0'] as KernelFunction;
      fill(address, count, key, low, (high - low) * 2 ** -24);
    },
    setTile(tile) {
      tuned = tile;
    },
    workspaceBytes: (spec) => emitterOf(spec)?.workspaceBytes(spec) ?? 0,
    extent: (spec) => emitterOf(spec)?.extent(spec) ?? 0,
  };
}

/** The table's entry for a spec's op: an emitter of exactly that kind, which the type system cannot follow. */
function emitterOf(spec: KernelSpec): KernelEmitter<KernelSpec> | null {
  if (spec.op === 'view') return null;
  return emitters[spec.op] as KernelEmitter<KernelSpec>;
}
