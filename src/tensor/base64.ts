// Base64 of bytes and of typed arrays, little-endian, without Buffer or btoa's string limits.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const letters = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const padding = 0x3d;
const values = new Uint8Array(128);
letters.forEach((letter, value) => {
  values[letter] = value;
});

/** The array's bytes, padded with `=`. */
export function encodeBase64(array: Float32Array | Int32Array | Uint8Array): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out[at] = letters[word >> 18] as number;
    out[at + 1] = letters[(word >> 12) & 63] as number;
    out[at + 2] = i + 1 < bytes.length ? (letters[(word >> 6) & 63] as number) : padding;
    out[at + 3] = i + 2 < bytes.length ? (letters[word & 63] as number) : padding;
  }
  return new TextDecoder('latin1').decode(out);
}

/** Bytes of a base64 text; null when it is not one. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const missing = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - missing);
  const value = (i: number): number => values[text.charCodeAt(i)] ?? 0;
  for (let i = 0, at = 0; i < text.length; i += 4, at += 3) {
    const word = (value(i) << 18) | (value(i + 1) << 12) | (value(i + 2) << 6) | value(i + 3);
    // What lies behind the end falls away.
    bytes[at] = word >> 16;
    bytes[at + 1] = (word >> 8) & 255;
    bytes[at + 2] = word & 255;
  }
  return bytes;
}
