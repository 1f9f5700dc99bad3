// tar (POSIX ustar, with GNU's numbers): the files of an archive as views, nothing copied. Enough for archives of data sets:
// long names of extended headers are not joined, links and folders are passed over.
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';

const blockBytes = 512;

export interface TarReading {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** True when the first block carries the mark that tar has had since 1988. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= blockBytes && text(bytes, 257, 5) === 'ustar';
}

/** Reads an unpacked archive; `name` is for messages. Errors: E_TRUNCATED, E_TAR. */
export function readTar(bytes: Uint8Array, name: string): TarReading {
  const files: { name: string; bytes: Uint8Array }[] = [];
  const fail = (code: `E_${string}`, message: string): TarReading => ({
    files,
    diagnostics: [error(code, `${name}: ${message}`)],
  });
  let at = 0;
  while (at + blockBytes <= bytes.length) {
    const entry = text(bytes, at, 100);
    if (entry === '') return { files, diagnostics: [] };
    const size = entrySize(bytes, at + 124);
    if (size === null) return fail('E_TAR', `the archive entry at byte ${at} has no readable size`);
    const begin = at + blockBytes;
    if (begin + size > bytes.length) {
      return fail('E_TRUNCATED', `the archive ends inside ${entry}, which should take ${size} bytes`);
    }
    const kind = bytes[at + 156];
    if (kind === 0x30 || kind === 0) files.push({ name: entry, bytes: bytes.subarray(begin, begin + size) });
    at = begin + Math.ceil(size / blockBytes) * blockBytes;
  }
  return { files, diagnostics: [] };
}

function text(bytes: Uint8Array, from: number, length: number): string {
  let result = '';
  for (let i = from; i < from + length && bytes[i] !== 0; i++) result += String.fromCharCode(bytes[i] as number);
  return result;
}

/** Octal digits, or big-endian binary when the first bit is set. */
function entrySize(bytes: Uint8Array, from: number): number | null {
  if ((bytes[from] as number) & 0x80) {
    let size = 0;
    for (let i = from + 4; i < from + 12; i++) size = size * 256 + (bytes[i] as number);
    return Number.isSafeInteger(size) ? size : null;
  }
  const octal = text(bytes, from, 12).trim();
  return /^[0-7]+$/.test(octal) ? Number.parseInt(octal, 8) : null;
}
