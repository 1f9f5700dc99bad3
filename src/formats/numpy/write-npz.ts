// Tensors → .npz, deflated. The same tensors give the same bytes: keys sorted by code unit.
import type { Tensor } from '../../tensor/tensor.ts';
import { writeZip } from '../zip/write-zip.ts';
import { writeNpy } from './write-npy.ts';

/** A zip of .npy files by name, as numpy.savez writes it; the same tensors, the same bytes. */
export function writeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return writeZip(new Map(sorted.map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)])));
}
