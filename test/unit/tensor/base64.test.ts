import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../src/tensor/base64.ts';

test('base64 is Node’s, there and back, for every remainder and byte', () => {
  for (const count of [0, 1, 2, 3, 4, 5, 64, 257]) {
    const array = Int32Array.from({ length: count }, (_, i) => i * 0x9e3779b1);
    const text = encodeBase64(array);
    expect(text).toBe(Buffer.from(array.buffer).toString('base64'));
    expect([...(decodeBase64(text) ?? [])]).toEqual([...new Uint8Array(array.buffer)]);
  }
  expect(decodeBase64('QQ==')).toEqual(Uint8Array.of(65));
  expect(decodeBase64('QUI=')).toEqual(Uint8Array.of(65, 66));
});

test('anything else is refused', () => {
  for (const text of ['Q', 'QQ=', '=QQQ', 'QQ=Q', 'Q Q=', 'Q-_=', 'QQQé']) expect(decodeBase64(text), text).toBeNull();
});
