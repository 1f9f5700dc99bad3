// Tensors as a file of the format that its name asks for.
import type { Tensor } from '../../tensor/tensor.ts';
import { writeNpy } from '../numpy/write-npy.ts';
import { writeNpz } from '../numpy/write-npz.ts';
import { writeSafetensors } from '../safetensors/write-safetensors.ts';

/** `.npz`, `.npy` (which holds one tensor; of several it becomes a RangeError), anything else is safetensors. */
export function writeWeights(tensors: ReadonlyMap<string, Tensor>, name: string): Uint8Array {
  if (/\.npz$/i.test(name)) return writeNpz(tensors);
  if (!/\.npy$/i.test(name)) return writeSafetensors(tensors);
  const [only, ...more] = tensors.values();
  if (!only || more.length > 0) throw new RangeError(`a .npy file holds one tensor, not ${tensors.size}`);
  return writeNpy(only);
}
