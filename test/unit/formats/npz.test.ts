// .npz and the zip archive around it: against files that NumPy wrote, and against archives made by hand or by fflate.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/formats/crc32.ts';
import { readNpz } from '../../../src/formats/numpy/read-npz.ts';
import { writeNpy } from '../../../src/formats/numpy/write-npy.ts';
import { writeNpz } from '../../../src/formats/numpy/write-npz.ts';
import { writeSafetensors } from '../../../src/formats/safetensors/write-safetensors.ts';
import { readWeights } from '../../../src/formats/weights/read-weights.ts';
import { writeWeights } from '../../../src/formats/weights/write-weights.ts';
import { readZip } from '../../../src/formats/zip/read-zip.ts';
import { tensor } from '../../../src/tensor/tensor.ts';

interface NumpyFiles {
  readonly archives: readonly { name: string; base64: string }[];
  readonly archived: Readonly<Record<string, { shape: number[]; values: number[] }>>;
}
const files = JSON.parse(readFileSync(join(import.meta.dirname, 'files/numpy.json'), 'utf8')) as NumpyFiles;
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const messages = (found: readonly { message: string }[]) => found.map(({ message }) => message).join('\n');

/** A stored file in an archive, by the format's description; what is given replaces the directory's honest fields. */
function archive(
  name: string,
  content: Uint8Array,
  lies: { method?: number; bytes?: number; packed?: number; flags?: number } = {},
) {
  const title = Buffer.from(name);
  const fields = (mark: number, made: boolean) => {
    const head = Buffer.alloc(made ? 46 : 30);
    head.writeUInt32LE(mark, 0);
    const at = made ? 2 : 0;
    head.writeUInt16LE(lies.flags ?? 0, 6 + at);
    head.writeUInt16LE(lies.method ?? 0, 8 + at);
    head.writeUInt32LE(crc32(content), 14 + at);
    head.writeUInt32LE(lies.packed ?? content.length, 18 + at);
    head.writeUInt32LE(lies.bytes ?? content.length, 22 + at);
    head.writeUInt16LE(title.length, 26 + at);
    return Buffer.concat([head, title]);
  };
  const local = Buffer.concat([fields(0x04034b50, false), content]);
  const central = fields(0x02014b50, true);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return new Uint8Array(Buffer.concat([local, central, end]));
}

describe('readNpz', () => {
  it.each(files.archives)('reads what NumPy’s $name wrote', ({ base64 }) => {
    const { tensors, diagnostics } = readNpz(bytesOf(base64), 'w.npz');
    expect(diagnostics).toEqual([]);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(files.archived).sort());
    for (const [name, { shape, values }] of Object.entries(files.archived)) {
      expect(tensors.get(name)?.shape).toEqual(shape);
      expect(Array.from(tensors.get(name)?.data ?? [])).toEqual(values.map(Math.fround));
    }
  });

  it('reads back what is written, keys with slashes, dots and __proto__ too, and writes the same bytes each time', () => {
    const tensors = new Map([
      ['block1/conv1.weight', tensor([2, 3], [1, 2, 3, 4, 5, 6])],
      ['a.b', tensor([], [7], 'int32')],
      ['__proto__', tensor([1], [8])],
      ['größe', tensor([0, 4], [])],
    ]);
    const bytes = writeNpz(tensors);
    expect(readNpz(bytes, 'w.npz')).toEqual({ tensors: new Map([...tensors].sort()), diagnostics: [] });
    expect(writeNpz(new Map([...tensors].reverse()))).toEqual(bytes);
  });

  it('keeps the good arrays of an archive with bad ones', () => {
    const good = writeNpy(tensor([2], [1, 2]));
    const bytes = zipSync({
      'good.npy': good,
      'bad.npy': good.subarray(0, good.length - 1),
      'read.me': new Uint8Array(3),
    });
    const { tensors, diagnostics } = readNpz(bytes, 'w.npz');
    expect([...tensors.keys()]).toEqual(['good']);
    expect(diagnostics.map(({ code }) => code)).toEqual(['E_TRUNCATED', 'W_NO_ARRAY']);
    expect(messages(diagnostics)).toContain('w.npz: “bad.npy”');
  });

  it('names a PyTorch file', () => {
    const { diagnostics } = readWeights(zipSync({ 'archive/data.pkl': new Uint8Array(9) }), 'net.pt');
    expect(diagnostics.map(({ code }) => code)).toEqual(['E_WEIGHTS_FORMAT']);
  });
});

describe('readZip', () => {
  const content = new Uint8Array([1, 2, 3, 4, 5]);

  it('reads stored and deflated files and passes over folders and comments', () => {
    const zeros = new Uint8Array(100_000);
    const bytes = zipSync({ a: [content, { level: 0 }], folder: { b: [zeros, { level: 9 }] } });
    const { files: read, diagnostics } = readZip(bytes, 'a.zip');
    expect(diagnostics).toEqual([]);
    expect([...read]).toEqual([
      ['a', content],
      ['folder/b', zeros],
    ]);
    expect([...readZip(archive('x', content), 'a.zip').files]).toEqual([['x', content]]);
  });

  it.each([
    ['an encrypted file', archive('x', content, { flags: 1 }), 'encrypted'],
    ['another method', archive('x', content, { method: 12 }), 'method 12'],
    ['data that end early', archive('x', content, { packed: 500 }), 'cut off'],
    ['stored data of another length', archive('x', content, { bytes: 6 }), 'cannot unpack to 6'],
    [
      'more than deflate can yield',
      archive('x', content, { method: 8, bytes: 50_000_000 }),
      'cannot unpack to 50,000,000',
    ],
    ['data that are no deflate', archive('x', content, { method: 8, bytes: 50 }), 'cannot be unpacked'],
    ['no directory', content, 'no directory'],
    ['half a directory', archive('x', content).subarray(0, 60), 'no directory'],
  ])('refuses %s', (_, bytes, part) => {
    const { files: read, diagnostics } = readZip(bytes, 'a.zip');
    expect(read.size).toBe(0);
    expect(messages(diagnostics)).toContain(part);
  });

  it('finds damage by the checksum', () => {
    const bytes = archive('x', content);
    bytes[32] = 99;
    expect(messages(readZip(bytes, 'a.zip').diagnostics)).toContain('checksum differs');
  });

  it('bounds what all files together unpack to', () => {
    const bytes = zipSync({ a: new Uint8Array(60_000), b: new Uint8Array(60_000) });
    expect(readZip(bytes, 'a.zip', 120_000).files.size).toBe(2);
    expect(readZip(bytes, 'a.zip', 119_999).diagnostics.map(({ code }) => code)).toEqual(['E_TOO_LARGE']);
  });
});

describe('readWeights', () => {
  const one = new Map([['conv1.weight', tensor([2], [1, 2])]]);

  it.each(['w.npz', 'w.safetensors', 'folder/conv1.weight.npy'])('tells %s by its content', (name) => {
    const bytes = writeWeights(one, name);
    expect([...readWeights(bytes, name).tensors]).toEqual([...one]);
    if (name.endsWith('.npy')) return;
    expect([...readWeights(bytes, 'no name at all').tensors]).toEqual([...one]);
  });

  it('writes one tensor as .npy, not several', () => {
    expect(() => writeWeights(new Map([...one, ['b', tensor([], [1])]]), 'w.npy')).toThrow(RangeError);
    expect(writeWeights(one, 'w.bin')).toEqual(writeSafetensors(one));
  });

  it.each([
    ['a pickle', [0x80, 0x02, 0x8a]],
    ['HDF5', [0x89, 0x48, 0x44, 0x46, 0x0d]],
  ])('names %s and says what to do', (_, start) => {
    const { diagnostics } = readWeights(Uint8Array.from(start), 'w');
    expect(diagnostics.map(({ code }) => code)).toEqual(['E_WEIGHTS_FORMAT']);
    expect(diagnostics[0]?.hint).toContain('Save');
  });

  it('says when two of its files are one array', () => {
    const [one, two] = [tensor([1], [1]), tensor([1], [2])].map(writeNpy) as [Uint8Array, Uint8Array];
    const { tensors, diagnostics } = readNpz(zipSync({ a: one, 'a.npy': two }), 'x.npz');
    expect(messages(diagnostics)).toContain('“a” occurs twice');
    expect([...(tensors.get('a')?.data ?? [])]).toEqual([2]);
  });
});
