// Pieces that lie one after the other along an axis, in groups: a kernel takes each piece as a parameter, and WebAssembly allows
// a function a thousand.
import type { Operand } from './access.ts';

export interface Piece {
  readonly operand: Operand;
  /** Where its first element goes. */
  readonly at: readonly number[];
  /** Distance between its elements in the whole, by axis; 1 where left out. */
  readonly steps?: readonly number[];
}

const groupSize = 256;

/** One piece a group, put together by `assemble`; the pieces themselves where they are few, or do not follow each other along one axis. */
export function groupPieces(
  pieces: readonly Piece[],
  assemble: (shape: readonly number[], group: readonly Piece[]) => Operand,
): readonly Piece[] {
  const [first, second] = pieces;
  if (!first || !second || pieces.length <= groupSize) return pieces;
  const axis = first.at.findIndex((position, d) => position !== second.at[d]);
  const follows = pieces.every(({ at, steps, operand }, i) => {
    const before = pieces[i - 1];
    const fits = before === undefined || (at[axis] as number) >= endOf(before, axis);
    return (
      fits &&
      steps === undefined &&
      at.every((p, d) => d === axis || (p === first.at[d] && operand.shape[d] === first.operand.shape[d]))
    );
  });
  if (!follows) return pieces;
  return Array.from({ length: Math.ceil(pieces.length / groupSize) }, (_, g) => {
    const own = pieces.slice(g * groupSize, (g + 1) * groupSize);
    const { at, operand } = own[0] as Piece;
    const start = at[axis] as number;
    const shape = operand.shape.with(axis, endOf(own.at(-1) as Piece, axis) - start);
    const within = own.map((piece) => ({ ...piece, at: piece.at.map((p, d) => (d === axis ? p - start : 0)) }));
    return { at, operand: assemble(shape, within) };
  });
}

function endOf({ at, operand }: Piece, axis: number): number {
  return (at[axis] as number) + (operand.shape[axis] as number);
}
