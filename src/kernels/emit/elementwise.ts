import type { ElementwiseSpec } from '../../program/kernel-spec.ts';
import { defineFunction } from '../encoder/function.ts';
import type { KernelEmitter } from './emitter.ts';
import { emitPass, planPass } from './pass.ts';

/** Split by rows of the merged iteration space, or by blocks of a row when rows are few. */
export const elementwise: KernelEmitter<ElementwiseSpec> = {
  emit(spec, { fma }) {
    const slots = Math.max(...spec.outputs.map(({ slot }) => slot)) + 1;
    const count = spec.inputs.length + slots;
    const parameters = Array.from({ length: count + 3 }, () => 'i32' as const);
    return defineFunction('elementwise', parameters, (p, local) => {
      const addresses = [
        ...spec.inputs.map((_, i) => p[i]!.get),
        ...spec.outputs.map(({ slot }) => p[spec.inputs.length + slot]!.get),
      ];
      return emitPass(spec, addresses, p[count + 1]!.get, p[count + 2]!.get, { local, fma });
    });
  },
  workspaceBytes: () => 0,
  extent: (spec) => planPass(spec).items,
};
