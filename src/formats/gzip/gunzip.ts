// gzip (RFC 1952) → bytes, in bounded memory. fflate inflates but trusts the trailers, so the length and CRC-32 of every
// member are checked here: a damaged download must not become a slightly wrong data set.
import { Gunzip } from 'fflate';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { crc32 } from '../crc32.ts';
import { unpackLimit } from '../unpack-limit.ts';

/** Deflate yields at most 1032 bytes for one, so one push of this many overshoots the limit by at most 17 MB. */
const chunkBytes = 16384;

/** True when the bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

export interface Unpacked {
  /** null when the file is damaged; the diagnostics say how. */
  readonly bytes: Uint8Array | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Unpacks gzip data; other bytes come back as they are. `name` is the file's name for messages. */
export function gunzip(bytes: Uint8Array, name: string, limitBytes = unpackLimit(bytes.length)): Unpacked {
  if (!isGzip(bytes)) return { bytes, diagnostics: [] };
  const refuse = (code: `E_${string}`, message: string): Unpacked => ({
    bytes: null,
    diagnostics: [error(code, `${name}: ${message}`)],
  });
  const damaged = (what: string) =>
    refuse('E_GZIP', `the gzip data is damaged or cut off (${what}); download or copy the file again`);
  if (bytes.length < 18) return damaged(`${bytes.length} bytes`);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const announced = view.getUint32(bytes.length - 4, true);
  // The announced length may lie: it saves growing for usual ratios and no more.
  let out = new Uint8Array(Math.min(announced, limitBytes, bytes.length * 8) + 1);
  let used = 0;
  let memberStart = 0;
  let fault = '';
  const checkMember = (trailer: number) => {
    const member = out.subarray(memberStart, used);
    if (trailer < 10) fault = 'no trailer';
    else if (view.getUint32(trailer + 4, true) !== member.length) {
      fault = `length should be ${view.getUint32(trailer + 4, true)} bytes, ${member.length} came out`;
    } else if (view.getUint32(trailer, true) !== crc32(member)) fault = 'checksum differs';
    memberStart = used;
  };
  const stream = new Gunzip((chunk) => {
    if (used + chunk.length > out.length) {
      const larger = new Uint8Array(Math.max(out.length * 2, used + chunk.length));
      larger.set(out.subarray(0, used));
      out = larger;
    }
    out.set(chunk, used);
    used += chunk.length;
  });
  stream.onmember = (offset) => checkMember(offset - 8);
  try {
    for (let at = 0; at < bytes.length && used <= limitBytes && fault === ''; at += chunkBytes) {
      stream.push(bytes.subarray(at, at + chunkBytes), at + chunkBytes >= bytes.length);
    }
  } catch (cause) {
    return damaged(cause instanceof Error ? cause.message : 'unreadable');
  }
  if (used > limitBytes) {
    return refuse('E_TOO_LARGE', `unpacks to more than ${Math.round(limitBytes / 2 ** 20)} MB, which is refused`);
  }
  if (fault === '') checkMember(bytes.length - 8);
  if (fault !== '') return damaged(fault);
  return { bytes: out.subarray(0, used), diagnostics: [] };
}
