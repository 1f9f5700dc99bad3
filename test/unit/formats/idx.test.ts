import { describe, expect, it } from 'vitest';
import { readIdx } from '../../../src/formats/idx/read-idx.ts';

function header(type: number, ...sizes: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes[2] = type;
  bytes[3] = sizes.length;
  for (const [axis, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
  return bytes;
}

describe('readIdx', () => {
  it('reads pictures without copying them', () => {
    const bytes = new Uint8Array(Buffer.concat([header(8, 2, 1, 3), Buffer.from([0, 1, 2, 253, 254, 255])]));
    const { array, diagnostics } = readIdx(bytes, 'images');
    expect(diagnostics).toEqual([]);
    expect(array).toEqual({ shape: [2, 1, 3], data: Uint8Array.of(0, 1, 2, 253, 254, 255) });
    expect(array?.data.buffer).toBe(bytes.buffer);
  });

  it('decodes every element type, big-endian', () => {
    const numbers = Buffer.alloc(8);
    const read = (type: number, length: number, count: number) =>
      readIdx(Buffer.concat([header(type, count), numbers.subarray(0, length)]), 'x').array?.data;
    numbers.writeInt8(-3);
    expect(read(0x09, 1, 1)).toEqual(Int8Array.of(-3));
    numbers.writeInt16BE(-300, 0);
    numbers.writeInt16BE(7, 2);
    expect(read(0x0b, 4, 2)).toEqual(Int16Array.of(-300, 7));
    numbers.writeInt32BE(-70000);
    expect(read(0x0c, 4, 1)).toEqual(Int32Array.of(-70000));
    numbers.writeFloatBE(0.25);
    expect(read(0x0d, 4, 1)).toEqual(Float32Array.of(0.25));
    numbers.writeDoubleBE(-1.1);
    expect(read(0x0e, 8, 1)).toEqual(Float64Array.of(-1.1));
  });

  it('says what is wrong with a file', () => {
    const problem = (bytes: Uint8Array) => readIdx(bytes, 'f').diagnostics.map((d) => `${d.code} ${d.message}`);
    expect(problem(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1))).toEqual([
      'E_IDX_MAGIC f: is not an IDX file: it starts with 89 50 4e 47; images start with 00 00 08 03, labels with 00 00 08 01',
    ]);
    expect(problem(new Uint8Array(0))[0]).toContain('it starts with nothing');
    expect(problem(header(7, 1))[0]).toContain('E_IDX_MAGIC');
    expect(problem(header(8, 10, 28, 28).subarray(0, 9))).toEqual([
      'E_TRUNCATED f: ends inside its header, after 9 of 16 bytes',
    ]);
    expect(problem(Buffer.concat([header(8, 10_000, 28, 28), Buffer.alloc(784)]))).toEqual([
      'E_TRUNCATED f: is cut off: its header says 10000 × 28 × 28, which takes 7,840,016 bytes, but it holds 800',
    ]);
    expect(problem(header(8, 4294967295, 4294967295, 4294967295))[0]).toContain('E_TRUNCATED');
    expect(problem(Buffer.concat([header(8, 1), Buffer.alloc(3)]))).toEqual([
      'W_TRAILING_BYTES f: 2 bytes after its data were ignored',
    ]);
  });
});
