const floorBytes = 2 ** 26;
const mostBytes = 2 ** 30;
/** Deflate yields up to 1032 bytes for one; of what people keep hardly anything shrinks so far. */
const mostRatio = 100;

/** What an archive of a given length may unpack to: 64 MB or a hundred times its length, at most 1 GB. */
export function unpackLimit(packedBytes: number): number {
  return Math.min(mostBytes, Math.max(floorBytes, packedBytes * mostRatio));
}
