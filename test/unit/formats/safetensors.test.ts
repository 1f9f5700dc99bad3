import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../src/formats/safetensors/read-safetensors.ts';
import { writeSafetensors } from '../../../src/formats/safetensors/write-safetensors.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { goldenFolder, loadGoldenTensors } from '../../support/reference.ts';

/** A file from its parts, put together by the format's description. */
function file(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = Buffer.from(header, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([length, text, data]));
}

function entry(dtype: string, shape: readonly number[], begin: number, end: number): string {
  return JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
}

function codes(bytes: Uint8Array): string[] {
  return readSafetensors(bytes).diagnostics.map((d) => d.code);
}

describe('readSafetensors', () => {
  const goldenFiles = readdirSync(goldenFolder()).filter((name) => name.endsWith('.safetensors'));

  it('reads every golden file as the independent reader of golden/README.md does', () => {
    expect(goldenFiles.length).toBeGreaterThan(20);
    for (const name of goldenFiles) {
      const { tensors, diagnostics } = readSafetensors(readFileSync(join(goldenFolder(), name)));
      const wanted = loadGoldenTensors(name);
      expect(diagnostics).toEqual([]);
      expect([...tensors.keys()].sort()).toEqual([...wanted.keys()].sort());
      for (const [key, { shape, data }] of wanted) {
        expect(tensors.get(key)).toEqual({ dtype: data instanceof Int32Array ? 'int32' : 'float32', shape, data });
      }
    }
  });

  it('reads half precision, bfloat16 and the small integers', () => {
    const data = Buffer.alloc(40);
    // Bit patterns from IEEE 754: 1, −2, the largest half, the smallest, infinity; bfloat16 1 and 3.140625.
    for (const [i, bits] of [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x3f80, 0x4049].entries()) {
      data.writeUInt16LE(bits, i * 2);
    }
    data.writeInt8(-7, 14);
    data.writeUInt8(200, 15);
    data.writeInt16LE(-30000, 16);
    data.writeUInt8(1, 18);
    data.writeUInt8(0, 19);
    data.writeBigInt64LE(-2147483648n, 20);
    data.writeDoubleLE(0.1, 28);
    data.writeUInt32LE(2147483647, 36);
    const header = `{"h":${entry('F16', [5], 0, 10)},"b":${entry('BF16', [2], 10, 14)},"i8":${entry('I8', [1], 14, 15)},
      "u8":${entry('U8', [], 15, 16)},"i16":${entry('I16', [1], 16, 18)},"bool":${entry('BOOL', [2], 18, 20)},
      "i64":${entry('I64', [1], 20, 28)},"f64":${entry('F64', [1], 28, 36)},"u32":${entry('U32', [1], 36, 40)}}`;
    const { tensors, diagnostics } = readSafetensors(file(header, data));
    expect(diagnostics).toEqual([]);
    expect(Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data]]))).toEqual({
      h: [1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY],
      b: [1, 3.140625],
      i8: [-7],
      u8: [200],
      i16: [-30000],
      bool: [1, 0],
      i64: [-2147483648],
      f64: [Math.fround(0.1)],
      u32: [2147483647],
    });
    expect(tensors.get('h')?.dtype).toBe('float32');
    expect(tensors.get('bool')?.dtype).toBe('int32');
  });

  it('widens every bfloat16 to the float32 that begins with its bits', () => {
    const data = new Uint8Array(2 * 65536);
    const view = new DataView(data.buffer);
    const wanted = new Float32Array(65536);
    const float = new DataView(new ArrayBuffer(4));
    for (let bits = 0; bits < 65536; bits++) {
      view.setUint16(2 * bits, bits, true);
      float.setUint32(0, bits * 65536);
      wanted[bits] = float.getFloat32(0);
    }
    const read = readSafetensors(file(`{"b":${entry('BF16', [65536], 0, data.length)}}`, data)).tensors.get('b')?.data;
    expect(read?.findIndex((value, i) => !Object.is(value, wanted[i]))).toBe(-1);
  });

  it('reports numbers that do not fit and keeps the tensors that do', () => {
    const data = Buffer.alloc(28);
    data.writeBigInt64LE(5n, 0);
    data.writeBigInt64LE(2147483648n, 8);
    data.writeDoubleLE(1e300, 16);
    data.writeFloatLE(2.5, 24);
    const header = `{"labels":${entry('I64', [2], 0, 16)},"wide":${entry('F64', [1], 16, 24)},"good":${entry('F32', [1], 24, 28)}}`;
    const { tensors, diagnostics } = readSafetensors(file(header, data));
    expect(diagnostics.map((d) => d.message)).toEqual([
      '“labels”: element 1 is 2147483648, which int32 cannot hold',
      '“wide”: element 0 is 1e+300, which float32 cannot hold',
    ]);
    expect([...tensors.keys()]).toEqual(['good']);
  });

  const good = entry('F32', [1], 0, 4);
  const four = new Uint8Array(4);
  it.each([
    ['nothing', new Uint8Array(0), 'E_SAFETENSORS'],
    ['seven bytes', new Uint8Array(7), 'E_SAFETENSORS'],
    ['a header beyond the end', file('{}').subarray(0, 9), 'E_SAFETENSORS'],
    ['an absurd header length', new Uint8Array(16).fill(255), 'E_SAFETENSORS'],
    ['a header that is not JSON', file('{"a":'), 'E_SAFETENSORS'],
    ['a header that is not UTF-8', file('{"a":1}').map((byte) => (byte === 0x61 ? 0xff : byte)), 'E_SAFETENSORS'],
    ['a header that is a list', file('[]'), 'E_SAFETENSORS'],
    ['an entry that is a number', file('{"a":1}'), 'E_TENSOR_ENTRY'],
    ['an entry that is null', file('{"a":null}'), 'E_TENSOR_ENTRY'],
    ['an unknown element type', file(`{"a":${entry('F8_E4M3', [4], 0, 4)}}`, four), 'E_TENSOR_TYPE'],
    [
      'an element type out of Object.prototype',
      file(`{"a":${entry('constructor', [4], 0, 4)}}`, four),
      'E_TENSOR_TYPE',
    ],
    ['a negative size', file(`{"a":${entry('F32', [-1], 0, 4)}}`, four), 'E_TENSOR_ENTRY'],
    ['a fractional size', file(`{"a":${entry('F32', [0.5], 0, 4)}}`, four), 'E_TENSOR_ENTRY'],
    ['an absurd size', file(`{"a":${entry('F32', [2 ** 52, 2 ** 52], 0, 4)}}`, four), 'E_TENSOR_SIZE'],
    ['offsets that end before they begin', file(`{"a":${entry('F32', [1], 4, 0)}}`, four), 'E_TENSOR_ENTRY'],
    ['data beyond the end', file(`{"a":${entry('F32', [2], 0, 8)}}`, four), 'E_TRUNCATED'],
    ['a size that does not fit the offsets', file(`{"a":${entry('F32', [3], 0, 4)}}`, four), 'E_TENSOR_SIZE'],
    ['overlapping data', file(`{"a":${good},"b":${good}}`, four), 'E_OVERLAP'],
    ['a key twice', file(`{"a":${good},"\\u0061":${good}}`, four), 'E_DUPLICATE_KEY'],
    ['a hole', file(`{"a":${entry('F32', [1], 4, 8)}}`, new Uint8Array(8)), 'W_UNUSED_BYTES'],
    ['bytes after the data', file(`{"a":${good}}`, new Uint8Array(5)), 'W_UNUSED_BYTES'],
    ['metadata that is not text', file(`{"__metadata__":{"a":1}}`), 'W_METADATA'],
  ])('reports %s', (_, bytes, code) => {
    expect(codes(bytes)).toEqual([code]);
  });

  it('takes hostile names as names', () => {
    const { tensors, diagnostics } = readSafetensors(file(`{"__proto__":${good}}`, four));
    expect(diagnostics).toEqual([]);
    expect([...tensors.keys()]).toEqual(['__proto__']);
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
  });

  it('names a duplicate inside an entry, not in text that looks like one', () => {
    const twice = '{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}';
    const metadata = String.raw`"__metadata__":{"note":"\"a\":1,\"a\":2 {"}`;
    const { diagnostics } = readSafetensors(file(`{${metadata},"a":${twice}}`, four));
    expect(diagnostics.map((d) => d.message)).toEqual(['“a/shape” occurs twice in the header; the last one was read']);
  });

  it('says little of keys that occur twice a thousand times, or deep within one another', () => {
    const levels = 4000;
    const told = (header: string) =>
      readSafetensors(file(header))
        .diagnostics.map((d) => d.message)
        .join('\n');
    expect(told(`${'{"key":0,"key":'.repeat(levels)}0${'}'.repeat(levels)}`).length).toBeLessThan(10_000);
    const long = 'k'.repeat(10_000);
    const twice = Array.from({ length: 1000 }, (_, i) => `"${i}":{"${long}":0,"${long}":0}`);
    expect(told(`{${twice.join(',')}}`).length).toBeLessThan(200_000);
  });

  it('survives every cut and any changed bytes', () => {
    const whole = writeSafetensors(
      new Map([
        ['a', tensor([2, 2], [1, 2, 3, 4])],
        ['b', tensor([3], [1, 2, 3], 'int32')],
      ]),
      new Map([['made', 'here']]),
    );
    for (let length = 0; length < whole.length; length++) {
      expect(codes(whole.subarray(0, length)).length).toBeGreaterThan(0);
    }
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        expect(readSafetensors(bytes).tensors.size).toBeLessThanOrEqual(8);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('writeSafetensors', () => {
  const a = tensor([2], [1.5, -2]);
  const b = tensor([], [7], 'int32');

  it('writes the same bytes whatever the order of the tensors, aligned and without gaps', () => {
    const one = writeSafetensors(new Map([['a', a], ['b', b]]), new Map([['y', '2'], ['x', '1']])); // biome-ignore format: pairs
    const other = writeSafetensors(new Map([['b', b], ['a', a]]), new Map([['x', '1'], ['y', '2']])); // biome-ignore format: pairs
    expect(one).toEqual(other);
    const headerBytes = Number(Buffer.from(one).readBigUInt64LE(0));
    expect(headerBytes % 8).toBe(0);
    expect(JSON.parse(Buffer.from(one).toString('utf8', 8, 8 + headerBytes))).toEqual({
      __metadata__: { x: '1', y: '2' },
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      b: { dtype: 'I32', shape: [], data_offsets: [8, 12] },
    });
    expect(Buffer.from(one).readFloatLE(8 + headerBytes)).toBe(1.5);
    expect(Buffer.from(one).readInt32LE(8 + headerBytes + 8)).toBe(7);
    expect(one.length).toBe(8 + headerBytes + 12);
  });

  it('comes back unchanged, NaN, infinity and −0 included', () => {
    const numbers = tensor([5], [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, 3.4028234663852886e38]);
    const { tensors, metadata, diagnostics } = readSafetensors(
      writeSafetensors(new Map([['rnn/cell.weight', numbers], ['“é”\n', b]]), new Map([['k', '"v"']])), // biome-ignore format: pairs
    );
    expect(diagnostics).toEqual([]);
    expect(tensors.get('rnn/cell.weight')).toEqual(numbers);
    expect(Object.is(tensors.get('rnn/cell.weight')?.data[2], -0)).toBe(true);
    expect(tensors.get('“é”\n')).toEqual(b);
    expect([...metadata]).toEqual([['k', '"v"']]);
  });

  it('writes an empty file that reads back', () => {
    expect(readSafetensors(writeSafetensors(new Map()))).toEqual({
      tensors: new Map(),
      metadata: new Map(),
      diagnostics: [],
    });
  });
});
