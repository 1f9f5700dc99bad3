import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isTar, readTar } from '../../../src/formats/tar/read-tar.ts';

describe('readTar', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'cifar'));
  writeFileSync(join(folder, 'cifar/a.bin'), Buffer.alloc(700, 7));
  writeFileSync(join(folder, 'cifar/empty.txt'), '');
  execFileSync('tar', [
    '--format=ustar',
    '-cf',
    join(folder, 'a.tar'),
    '-C',
    folder,
    'cifar/a.bin',
    'cifar/empty.txt',
    'cifar',
  ]);
  const archive = new Uint8Array(readFileSync(join(folder, 'a.tar')));

  it('reads what the tar command wrote', () => {
    expect(isTar(archive)).toBe(true);
    const { files, diagnostics } = readTar(archive, 'a.tar');
    expect(diagnostics).toEqual([]);
    expect(files[0]).toEqual({ name: 'cifar/a.bin', bytes: new Uint8Array(700).fill(7) });
    expect(files[1]).toEqual({ name: 'cifar/empty.txt', bytes: new Uint8Array(0) });
  });

  it('reports a cut and a size that is no number, and takes nothing else for an archive', () => {
    expect(readTar(archive.subarray(0, 900), 'a.tar').diagnostics[0]?.message).toBe(
      'a.tar: the archive ends inside cifar/a.bin, which should take 700 bytes',
    );
    const changed = archive.slice();
    changed.set(Buffer.from('zzzzzzzzzzz'), 124);
    expect(readTar(changed, 'a.tar').diagnostics[0]?.code).toBe('E_TAR');
    expect(isTar(new Uint8Array(512))).toBe(false);
  });
});
