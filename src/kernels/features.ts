// What this engine's WebAssembly can do, asked by validating the smallest module that needs it.
import { defineFunction } from './encoder/function.ts';
import { f32x4 } from './encoder/instructions.ts';
import { moduleOf } from './encoder/module.ts';

export interface KernelFeatures {
  /** Relaxed multiply-add: Chrome 114, Firefox 146; not Safari, and in Node 20 only behind a flag. */
  readonly relaxedSimd: boolean;
  /** Modules may import a shared memory. Whether one can be made depends on cross-origin isolation too. */
  readonly sharedMemory: boolean;
}

/** Asks the engine to validate modules of one instruction; nothing is run. */
export function detectFeatures(): KernelFeatures {
  const zero = f32x4.splatConst(0);
  const fused = defineFunction('fused', [], (_, local) => local('v128').set(f32x4.relaxedMadd(zero, zero, zero)));
  const empty = defineFunction('empty', [], () => []);
  return {
    relaxedSimd: WebAssembly.validate(moduleOf([fused], { shared: false })),
    sharedMemory: WebAssembly.validate(moduleOf([empty], { shared: true })),
  };
}
