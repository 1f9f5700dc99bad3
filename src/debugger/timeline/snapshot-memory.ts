// Rooms for snapshots, cut from a few large pieces of memory: what is allocated one by one beside a training run makes the collector
// come again and again, which costs more than the copying. What is in the rooms is recording.ts's.

export interface SnapshotMemory {
  /** Of all pieces, used or not. */
  readonly bytes: number;
  /** A room; its contents are anything. `more`: bytes that may be taken from now on. */
  take(size: number, more: number): Uint8Array<ArrayBuffer>;
  give(room: Uint8Array<ArrayBuffer>): void;
}

interface Piece {
  readonly buffer: ArrayBuffer;
  readonly size: number;
  readonly free: Uint8Array<ArrayBuffer>[];
  readonly count: number;
}

const largestPiece = 32 * 2 ** 20;
/** The first piece holds as many; each further one as much as all before. */
const fewest = 4;

/** Without any piece; the first room that is taken brings one. */
export function createSnapshotMemory(): SnapshotMemory {
  let pieces: Piece[] = [];

  const held = (size: number) => pieces.reduce((sum, piece) => sum + (piece.size === size ? piece.count : 0), 0);

  function cut(size: number, more: number): Piece {
    const before = held(size);
    const most = Math.min(Math.max(fewest, before), Math.floor(largestPiece / size), Math.floor(more / size));
    const count = Math.max(1, most);
    const buffer = new ArrayBuffer(size * count);
    const free = Array.from({ length: count }, (_, i) => new Uint8Array(buffer, i * size, size));
    const piece = { buffer, size, free: free.reverse(), count };
    pieces.push(piece);
    return piece;
  }

  return {
    get bytes() {
      return pieces.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    },
    take(size, more) {
      const piece = pieces.find((each) => each.size === size && each.free.length > 0) ?? cut(size, more);
      return piece.free.pop() as Uint8Array<ArrayBuffer>;
    },
    give(room) {
      const piece = pieces.find(({ buffer }) => buffer === room.buffer);
      if (!piece) return;
      piece.free.push(room);
      // The next snapshot is mostly of the same size.
      if (piece.free.length === piece.count && held(piece.size) > piece.count)
        pieces = pieces.filter((each) => each !== piece);
    },
  };
}
