import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip } from '../../../src/formats/gzip/gunzip.ts';

// Half repetitive, half not, and longer than one push into the inflater.
const content = Uint8Array.from({ length: 200_000 }, (_, i) =>
  i % 1000 < 500 ? i & 3 : (Math.imul(i, 2654435761) >>> 13) & 255,
);

describe('gunzip', () => {
  it('unpacks what zlib packed', () => {
    expect(gunzip(gzipSync(content), 'a.gz')).toEqual({ bytes: content, diagnostics: [] });
    expect(gunzip(gzipSync(new Uint8Array(0)), 'a.gz').bytes).toEqual(new Uint8Array(0));
  });

  it('unpacks members that follow each other', () => {
    const both = Buffer.concat([gzipSync(content), gzipSync(Buffer.from('end'))]);
    expect(gunzip(both, 'a.gz').bytes).toEqual(new Uint8Array(Buffer.concat([content, Buffer.from('end')])));
  });

  it('leaves other bytes alone', () => {
    const plain = Uint8Array.of(0, 0, 8, 1);
    expect(gunzip(plain, 'labels').bytes).toBe(plain);
  });

  it('refuses every cut', () => {
    const packed = gzipSync(content.subarray(0, 3000));
    for (let length = 2; length < packed.length; length++) {
      const { bytes, diagnostics } = gunzip(packed.subarray(0, length), 'train.gz');
      expect(bytes).toBeNull();
      expect(diagnostics[0]?.code).toBe('E_GZIP');
    }
    expect(gunzip(packed.subarray(0, -4), 'train.gz').diagnostics[0]?.message).toMatch(
      /^train\.gz: the gzip data is damaged or cut off/,
    );
  });

  it('notices a changed byte in content or trailer', () => {
    const packed = gzipSync(content);
    for (let at = 10; at < packed.length; at += 997) {
      const changed = Uint8Array.from(packed);
      changed[at] = (changed[at] as number) ^ 0x10;
      expect(gunzip(changed, 'a.gz').bytes).toBeNull();
    }
    const trailer = Uint8Array.from(packed);
    trailer[packed.length - 8] = (trailer[packed.length - 8] as number) ^ 1;
    expect(gunzip(trailer, 'a.gz').diagnostics[0]?.message).toContain('checksum differs');
  });

  it('stops a bomb at the limit', () => {
    const bomb = gzipSync(new Uint8Array(50_000_000));
    const { bytes, diagnostics } = gunzip(bomb, 'bomb.gz', 2 ** 20);
    expect(bytes).toBeNull();
    expect(diagnostics.map((d) => [d.code, d.message])).toEqual([
      ['E_TOO_LARGE', 'bomb.gz: unpacks to more than 1 MB, which is refused'],
    ]);
  });
});
