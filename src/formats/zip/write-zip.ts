// Files → zip archive, deflated. The same files give the same bytes: in the order given, all of one date.
import { type Zippable, zipSync } from 'fflate';

/** What archives hold that keep no dates: the first day that zip can name. Local time, as fflate writes it. */
const noDate = new Date(1980, 0, 1);

/** Deflated, without dates: the same files, the same bytes. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  // A list of entries, not an object literal: a file may be called __proto__.
  const named: Zippable = Object.create(null) as Zippable;
  for (const [name, bytes] of files) named[name] = bytes;
  return zipSync(named, { level: 6, mtime: noDate });
}
