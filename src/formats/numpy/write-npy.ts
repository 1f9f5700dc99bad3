// Tensor → .npy, format 1.0, little-endian, row-major: `<f4` or `<i4`, as numpy.save writes them.
import type { Tensor } from '../../tensor/tensor.ts';

const descr = { float32: '<f4', int32: '<i4' } as const;
/** Data begin at a multiple of this, as NumPy aligns them. */
const alignment = 64;

/** Version 1.0, little-endian, in C order; NumPy's format specification. */
export function writeNpy({ dtype, shape, data }: Tensor): Uint8Array {
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr[dtype]}', 'fortran_order': False, 'shape': ${sizes}, }`;
  const start = Math.ceil((10 + text.length + 1) / alignment) * alignment;
  const file = new Uint8Array(start + data.byteLength);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(file.buffer).setUint16(8, start - 10, true);
  file.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  // Every machine that runs WebAssembly keeps numbers little-endian.
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return file;
}
