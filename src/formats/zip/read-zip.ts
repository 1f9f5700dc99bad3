// zip (PKWARE's APPNOTE 6.3, with zip64) → files. The directory at the end is the truth; nothing is unpacked before its size
// was held against what deflate can yield and against the limit for all files together. Lengths and CRC-32 are verified: a
// file that is damaged is reported and left out, the others are there. Unpacking itself is left to fflate.
import { inflateSync } from 'fflate';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { crc32 } from '../crc32.ts';
import { formatCount } from '../format-count.ts';
import { unpackLimit } from '../unpack-limit.ts';

export interface ZipReading {
  /** By name, in the directory's order; folders are left out. Stored files are views into the archive. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of its local header. */
  readonly offset: number;
}

const mostEntries = 65536;
/** Deflate yields at most 1032 bytes for one, and some for its end. */
const mostRatio = 1032;

const endMark = 0x06054b50;
const end64Mark = 0x06064b50;
const locatorMark = 0x07064b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
const endBytes = 22;

/** True when the bytes begin as a zip archive does, an empty one included. */
export function isZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

/** Reads an archive; `name` is for messages. Errors: E_ZIP, E_TOO_LARGE, E_DUPLICATE_KEY. Never throws. */
export function readZip(bytes: Uint8Array, name: string, limitBytes = unpackLimit(bytes.length)): ZipReading {
  const files = new Map<string, Uint8Array>();
  const diagnostics: Diagnostic[] = [];
  const report = (code: `E_${string}`, message: string) => void diagnostics.push(error(code, `${name}: ${message}`));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directory(view, bytes);
  if (typeof entries === 'string') {
    report('E_ZIP', `the zip archive is damaged or cut off (${entries}); download or copy the file again`);
    return { files, diagnostics };
  }
  let left = limitBytes;
  for (const entry of entries) {
    if (entry.name.endsWith('/')) continue;
    if (entry.bytes > left) {
      report(
        'E_TOO_LARGE',
        `unpacks to more than ${formatCount(Math.round(limitBytes / 2 ** 20))} MB, which is refused`,
      );
      return { files, diagnostics };
    }
    const file = unpack(entry, view, bytes);
    if (typeof file === 'string') {
      report('E_ZIP', `“${shown(entry.name)}” cannot be unpacked: ${file}`);
      continue;
    }
    left -= entry.bytes;
    if (files.has(entry.name))
      report('E_DUPLICATE_KEY', `“${shown(entry.name)}” occurs twice in the archive; the last one was read`);
    files.set(entry.name, file);
  }
  return { files, diagnostics };
}

/** A name for a message: they may be long. */
const shown = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}…` : name);

/** The entries, or what is wrong. */
function directory(view: DataView, bytes: Uint8Array): Entry[] | string {
  const end = findEnd(view);
  if (end === null) return 'it has no directory';
  const place = directoryPlace(view, end);
  if (typeof place === 'string') return place;
  if (place.count > mostEntries)
    return `${formatCount(place.count)} files, at most ${formatCount(mostEntries)} are read`;
  const entries: Entry[] = [];
  let at = place.offset;
  for (let i = 0; i < place.count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== entryMark) return `entry ${i + 1} of its directory is missing`;
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const next = at + 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > end) return `entry ${i + 1} of its directory is cut off`;
    const sizes = entrySizes(view, at, at + 46 + nameBytes, extraBytes);
    if (sizes === null) return `entry ${i + 1} of its directory has no readable size`;
    entries.push({
      name: new TextDecoder().decode(bytes.slice(at + 46, at + 46 + nameBytes)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      ...sizes,
    });
    at = next;
  }
  return entries;
}

/** The end record stands last, but for a comment of at most 65535 bytes. */
function findEnd(view: DataView): number | null {
  for (let at = view.byteLength - endBytes; at >= 0 && at >= view.byteLength - endBytes - 65535; at--) {
    if (view.getUint32(at, true) === endMark) return at;
  }
  return null;
}

function directoryPlace(view: DataView, end: number): { readonly count: number; readonly offset: number } | string {
  let count = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  if (end >= 20 && view.getUint32(end - 20, true) === locatorMark) {
    const end64 = whole(view, end - 12);
    if (end64 === null || end64 + 56 > end || view.getUint32(end64, true) !== end64Mark)
      return 'its zip64 record is missing';
    count = whole(view, end64 + 32) ?? Number.POSITIVE_INFINITY;
    offset = whole(view, end64 + 48) ?? Number.POSITIVE_INFINITY;
  }
  return offset <= end ? { count, offset } : 'its directory lies outside';
}

/** Sizes and place of an entry, from its zip64 field where the 32-bit ones are full. */
function entrySizes(
  view: DataView,
  at: number,
  extra: number,
  extraBytes: number,
): Pick<Entry, 'packedBytes' | 'bytes' | 'offset'> | null {
  const full = 0xffffffff;
  let packedBytes: number | null = view.getUint32(at + 20, true);
  let bytes: number | null = view.getUint32(at + 24, true);
  let offset: number | null = view.getUint32(at + 42, true);
  for (let field = extra; field + 4 <= extra + extraBytes; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    const stop = Math.min(field + 4 + view.getUint16(field + 2, true), extra + extraBytes);
    let next = field + 4;
    const take = (): number | null => {
      next += 8;
      return next <= stop ? whole(view, next - 8) : null;
    };
    if (bytes === full) bytes = take();
    if (packedBytes === full) packedBytes = take();
    if (offset === full) offset = take();
    break;
  }
  return packedBytes === null || bytes === null || offset === null ? null : { packedBytes, bytes, offset };
}

/** A 64-bit number that a file can have as a length, or null. */
function whole(view: DataView, at: number): number | null {
  const value = view.getBigUint64(at, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

/** The file of an entry, or what is wrong with it. */
function unpack(entry: Entry, view: DataView, bytes: Uint8Array): Uint8Array | string {
  const { offset, packedBytes, method } = entry;
  if (entry.flags & 1) return 'it is encrypted';
  if (method !== 0 && method !== 8) return `it is packed by method ${method}; only stored and deflated files are read`;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== localMark) return 'its header is missing';
  const begin = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (begin + packedBytes > bytes.length) return 'its data are cut off';
  if (method === 0 ? entry.bytes !== packedBytes : entry.bytes > packedBytes * mostRatio + mostRatio)
    return `${formatCount(packedBytes)} bytes cannot unpack to ${formatCount(entry.bytes)}`;
  const packed = bytes.subarray(begin, begin + packedBytes);
  const file = method === 0 ? packed : inflate(packed, entry.bytes);
  if (typeof file === 'string') return file;
  return crc32(file) === entry.crc ? file : 'its checksum differs';
}

function inflate(packed: Uint8Array, size: number): Uint8Array | string {
  try {
    // Into memory of the announced size: fflate writes nothing behind it, and the checksum tells when there was more.
    const out = inflateSync(packed, { out: new Uint8Array(size) });
    return out.length === size ? out : `${formatCount(size)} bytes were announced, ${formatCount(out.length)} came out`;
  } catch (cause) {
    return cause instanceof Error ? cause.message : 'unreadable';
  }
}
