// How often breakpoints were hit, by place in the run: going over the same iteration again counts nothing twice, and what was hit
// after a place is forgotten where the run goes on differently from there. Branches share what came before their fork.

/** Hits kept by place; earlier ones are only counted. */
const mostPlaces = 65_536;

export interface HitMemory {
  /** Notes a hit at a place (any number that grows along the run); answers its count, from 1, and whether it is a new one. */
  note(id: string, place: number): { readonly count: number; readonly fresh: boolean };
  count(id: string): number;
  /** The run goes on anew from this place: what came after it, or there, is forgotten. */
  rewind(place: number): void;
  /** Only these keep their counts. */
  keep(ids: ReadonlySet<string>): void;
}

/** A branch of the run, as far as hits go. */
interface HitBranch {
  readonly parent: HitBranch | null;
}

export interface HitBranches {
  readonly current: HitBranch;
  readonly branches: readonly HitBranch[];
}

/** The hits of whatever branch is stood on: a new one begins with those of its parent, to be rewound to where it left it. */
export function createBranchHits(forks: () => HitBranches): HitMemory {
  const known = new Map<HitBranch, OwnMemory>();

  function own(): OwnMemory {
    const { current, branches } = forks();
    const found = known.get(current);
    if (found) return found;
    let { parent } = current;
    while (parent && !known.has(parent)) parent = parent.parent;
    const made = memoryOf(parent ? known.get(parent)?.copy() : undefined);
    for (const each of [...known.keys()]) if (!branches.includes(each)) known.delete(each);
    known.set(current, made);
    return made;
  }

  return {
    note: (id, place) => own().note(id, place),
    count: (id) => own().count(id),
    rewind: (place) => own().rewind(place),
    keep(ids) {
      for (const each of known.values()) each.keep(ids);
    },
  };
}

interface Hits {
  readonly places: number[];
  /** Hits before the first place that is kept. */
  before: number;
}

/** Of a run without branches, as a library's training is. */
export function createHitMemory(): HitMemory {
  return memoryOf();
}

interface OwnMemory extends HitMemory {
  copy(): Map<string, Hits>;
}

function memoryOf(all = new Map<string, Hits>()): OwnMemory {
  return {
    copy: () => new Map([...all].map(([id, { places, before }]) => [id, { places: [...places], before }])),
    note(id, place) {
      const hits = all.get(id) ?? { places: [], before: 0 };
      all.set(id, hits);
      const { places } = hits;
      const at = firstNotBelow(places, place);
      if (places[at] === place) return { count: hits.before + at + 1, fresh: false };
      places.splice(at, 0, place);
      if (places.length > mostPlaces) {
        const dropped = mostPlaces / 2;
        places.splice(0, dropped);
        hits.before += dropped;
        return { count: hits.before + Math.max(0, at - dropped) + 1, fresh: true };
      }
      return { count: hits.before + at + 1, fresh: true };
    },
    count(id) {
      const hits = all.get(id);
      return hits ? hits.before + hits.places.length : 0;
    },
    rewind(place) {
      for (const { places } of all.values()) places.length = firstNotBelow(places, place);
    },
    keep(ids) {
      for (const id of [...all.keys()]) if (!ids.has(id)) all.delete(id);
    },
  };
}

function firstNotBelow(places: readonly number[], place: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
