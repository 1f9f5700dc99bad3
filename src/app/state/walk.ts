// A walk along numbers: every one asks where it comes from, and leads on to others. Pure data, moved by what stands here.

/** An element of a value. */
export interface Place {
  readonly name: string;
  readonly index: number;
}

export interface Walk {
  /** Oldest first. */
  readonly places: readonly Place[];
  /** Which of them is looked at. */
  readonly at: number;
  readonly question: 'number' | 'account';
  /** Stands before the inspector; else it waits behind its tab. */
  readonly front: boolean;
  /** The side of the page was put away before. */
  readonly opened: boolean;
}

/** On to another number. `instead`: in place of the one looked at. */
export function walkTo(walk: Walk, to: Place, instead = false): Walk {
  const now = walk.places[walk.at];
  if (now?.name === to.name && now.index === to.index) return { ...walk, front: true };
  const before = walk.places.slice(0, instead ? walk.at : walk.at + 1).slice(-mostPlaces);
  return { ...walk, places: [...before, to], at: before.length, front: true };
}

/** To one of the numbers that were looked at. */
export function walkBetween(walk: Walk, at: number): Walk {
  return { ...walk, at: Math.min(walk.places.length - 1, Math.max(0, at)), front: true };
}

/** The node that a value's name names: of `grad(rnn[3]/cell.h)` it is `rnn[3]/cell`. */
export function nodeOfName(name: string): string {
  const inner = name.replace(/^(?:\w+\()+/, '').replace(/[,)].*$/, '');
  return inner.slice(0, Math.max(0, inner.lastIndexOf('.')));
}

const mostPlaces = 200;
