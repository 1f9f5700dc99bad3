// Base64 of typed arrays, little-endian, without Buffer or btoa's string limits.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(array: Float32Array | Int32Array): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += alphabet[word >> 18] as string;
    out += alphabet[(word >> 12) & 63] as string;
    out += i + 1 < bytes.length ? (alphabet[(word >> 6) & 63] as string) : '=';
    out += i + 2 < bytes.length ? (alphabet[word & 63] as string) : '=';
  }
  return out;
}

/** Bytes of a base64 text; null when it is not one. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const value = new Map([...alphabet].map((letter, i) => [letter, i]));
  for (let i = 0, at = 0; i < text.length; i += 4) {
    const word = [0, 1, 2, 3].reduce((sum, k) => (sum << 6) | (value.get(text[i + k] as string) ?? 0), 0);
    for (let k = 0; k < 3 && at < bytes.length; k++) bytes[at++] = (word >> (16 - 8 * k)) & 255;
  }
  return bytes;
}
