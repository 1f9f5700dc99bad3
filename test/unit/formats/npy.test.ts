// .npy against files that NumPy wrote (test/unit/formats/files/numpy.json), and against its format's description.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../../src/formats/numpy/read-npy.ts';
import { writeNpy } from '../../../src/formats/numpy/write-npy.ts';
import { tensor } from '../../../src/tensor/tensor.ts';

interface NumpyFiles {
  readonly arrays: readonly { name: string; base64: string; shape: number[]; values: number[] }[];
  readonly structured: string;
  readonly objects: string;
}
const files = JSON.parse(readFileSync(join(import.meta.dirname, 'files/numpy.json'), 'utf8')) as NumpyFiles;
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

/** A version 1.0 file of a header and data, put together by the format's description. */
function file(header: string, data: ArrayLike<number> = [], version = 1): Uint8Array {
  const text = Buffer.from(`${header}\n`, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  return new Uint8Array(Buffer.concat([magic, length, text, Buffer.from(Array.from(data))]));
}

const codes = (bytes: Uint8Array) => readNpy(bytes, 'a.npy').diagnostics.map(({ code }) => code);
const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe('readNpy', () => {
  it.each(files.arrays)('reads $name as NumPy wrote it', ({ name, base64, shape, values }) => {
    const { tensor: read, diagnostics } = readNpy(bytesOf(base64), 'a.npy');
    expect(diagnostics).toEqual([]);
    expect(read?.shape).toEqual(shape);
    expect(read?.dtype).toBe(/f\d|^[a-z]/.test(name) && name !== 'one dimension' ? 'float32' : 'int32');
    expect(Array.from(read?.data ?? [])).toEqual(values.map((x) => (read?.dtype === 'float32' ? Math.fround(x) : x)));
  });

  it('reads Fortran order of any rank: the element at an index is the same', () => {
    // 2 × 3 × 2 in column-major order: element (i, j, k) stands at i + 2j + 6k.
    const data = Array.from({ length: 12 }, (_, i) => i);
    const { tensor: read } = readNpy(file(header("'|i1'", '(2, 3, 2)', 'True'), data), 'a.npy');
    const wanted: number[] = [];
    for (let i = 0; i < 2; i++) for (let j = 0; j < 3; j++) for (let k = 0; k < 2; k++) wanted.push(i + 2 * j + 6 * k);
    expect(Array.from(read?.data ?? [])).toEqual(wanted);
  });

  it('reads headers that Python 2 and other writers make', () => {
    const { tensor: read, diagnostics } = readNpy(
      file(`{"shape":(2L,),"fortran_order":False,"descr":"|u1"}`, [7, 8]),
      'a',
    );
    expect(diagnostics).toEqual([]);
    expect(read).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(7, 8) });
  });

  it('refuses numbers that do not fit, and names the element', () => {
    const int64 = Buffer.alloc(16);
    int64.writeBigInt64LE(3n, 0);
    int64.writeBigInt64LE(2147483648n, 8);
    const { tensor: read, diagnostics } = readNpy(file(header("'<i8'", '(2,)'), int64), 'a.npy');
    expect(read).toBeNull();
    expect(diagnostics[0]?.message).toContain('element 1 is 2147483648, which int32 cannot hold');
    const double = Buffer.alloc(8);
    double.writeDoubleBE(1e300);
    expect(codes(file(header("'>f8'", '(1,)'), double))).toEqual(['E_RANGE']);
  });

  it('names what it does not read', () => {
    expect(readNpy(bytesOf(files.structured), 'a.npy').diagnostics[0]?.message).toContain('several fields');
    expect(readNpy(bytesOf(files.objects), 'a.npy').diagnostics[0]?.message).toContain('Python objects');
    expect(codes(file(header("'<c8'", '()'), new Array(8).fill(0)))).toEqual(['E_TENSOR_TYPE']);
    expect(codes(file(header("'|f4'", '()'), [0, 0, 0, 0]))).toEqual(['E_TENSOR_TYPE']);
    expect(codes(file(header("'__proto__'", '()')))).toEqual(['E_TENSOR_TYPE']);
  });

  it.each([
    ['nothing', new Uint8Array(0), 'E_NPY'],
    ['only the magic', file('').subarray(0, 6), 'E_NPY'],
    ['a version that does not exist', file(header("'<f4'", '()'), [0, 0, 0, 0], 4), 'E_NPY'],
    ['no dictionary', file('[1, 2]'), 'E_NPY'],
    ['no shape', file(`{'descr': '<f4', 'fortran_order': False}`), 'E_NPY'],
    ['a key twice', file(`{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}`), 'E_NPY'],
    ['an unknown key', file(`{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}`), 'E_NPY'],
    ['code', file(`{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}`), 'E_NPY'],
    ['a number for a shape', file(header("'<f4'", '3')), 'E_NPY'],
    ['a negative size', file(header("'<f4'", '(-1,)')), 'E_NPY'],
    ['a size beyond doubles', file(header("'<f4'", '(99999999999999999999,)')), 'E_NPY'],
    ['33 dimensions', file(header("'<f4'", `(${'1, '.repeat(33)})`)), 'E_NPY'],
    ['more elements than bytes', file(header("'<f4'", '(9007199254740991, 9007199254740991)')), 'E_TRUNCATED'],
    ['data cut off', file(header("'<f4'", '(2,)'), [0, 0, 0, 0]), 'E_TRUNCATED'],
    ['text behind the dictionary', file(`${header("'<f4'", '()')} 1`, [0, 0, 0, 0]), 'E_NPY'],
  ])('refuses %s', (_, bytes, code) => {
    expect(codes(bytes)).toEqual([code]);
  });

  it('warns of bytes behind the data', () => {
    expect(codes(file(header("'|u1'", '(1,)'), [1, 2]))).toEqual(['W_TRAILING_BYTES']);
  });
});

describe('writeNpy', () => {
  it('writes what the format asks for, aligned, and reads back', () => {
    for (const shape of [[], [0], [5], [2, 3], [1, 2, 3, 4]]) {
      const count = shape.reduce((a, b) => a * b, 1);
      for (const dtype of ['float32', 'int32'] as const) {
        const given = tensor(
          shape,
          Array.from({ length: count }, (_, i) => i * 3 - 4),
          dtype,
        );
        const bytes = writeNpy(given);
        const view = new DataView(bytes.buffer);
        const start = 10 + view.getUint16(8, true);
        expect(start % 64).toBe(0);
        expect(Buffer.from(bytes.subarray(start - 1, start)).toString()).toBe('\n');
        expect(bytes.length).toBe(start + 4 * count);
        expect(readNpy(bytes, 'a.npy')).toEqual({ tensor: given, diagnostics: [] });
      }
    }
  });

  it('writes byte for byte what NumPy writes', () => {
    for (const name of ['<f4 C', '<i4 C', 'scalar', 'empty', 'one dimension']) {
      const { base64, shape, values } = files.arrays.find((each) => each.name === name) as NumpyFiles['arrays'][number];
      const dtype = name.includes('i4') || name === 'one dimension' ? 'int32' : 'float32';
      expect(Buffer.from(writeNpy(tensor(shape, values, dtype))).toString('latin1'), name).toBe(
        Buffer.from(base64, 'base64').toString('latin1'),
      );
    }
  });
});
