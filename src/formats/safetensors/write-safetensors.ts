// Tensors → safetensors. The same tensors give the same bytes: keys sorted by code unit, data in that order without gaps,
// the header padded with spaces so that the data begins at a multiple of 8.
import type { Tensor } from '../../tensor/tensor.ts';

const typeNames = { float32: 'F32', int32: 'I32' } as const;

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A whole file. `metadata` is stored under `__metadata__`, which no tensor may be called. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  if (tensors.has('__metadata__')) throw new RangeError('a tensor cannot be called __metadata__');
  const sorted = [...tensors].sort(byName);
  const parts: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].sort(byName).map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
    parts.push(`"__metadata__":{${pairs.join(',')}}`);
  }
  let dataBytes = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    const end = dataBytes + data.byteLength;
    parts.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: typeNames[dtype], shape, data_offsets: [dataBytes, end] })}`,
    );
    dataBytes = end;
  }
  const header = new TextEncoder().encode(`{${parts.join(',')}}`);
  const headerBytes = Math.ceil(header.length / 8) * 8;

  const file = new Uint8Array(8 + headerBytes + dataBytes);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  file.set(header, 8);
  file.fill(0x20, 8 + header.length, 8 + headerBytes);
  let at = 8 + headerBytes;
  for (const [, { dtype, data }] of sorted) {
    for (let i = 0; i < data.length; i++, at += 4) {
      if (dtype === 'int32') view.setInt32(at, data[i] as number, true);
      else view.setFloat32(at, data[i] as number, true);
    }
  }
  return file;
}
