// Heights over a row of places, raised and lowered over whole ranges; the highest place is always known. A tree of maxima: every
// change costs the logarithm of the length.

export interface SegmentTree {
  /** Raises places first to last, both included. */
  add(first: number, last: number, by: number): void;
  readonly highest: number;
  /** The first place of that height. */
  readonly summit: number;
}

/** Over `length` places of height 0. */
export function createSegmentTree(length: number): SegmentTree {
  let leaves = 1;
  while (leaves < length) leaves *= 2;
  /** Highest below a node without what was added above it, and what was added to all of it. */
  const most = new Float64Array(2 * leaves);
  const added = new Float64Array(2 * leaves);
  const at = (node: number) => (most[node] as number) + (added[node] as number);

  function change(node: number, from: number, to: number, first: number, last: number, by: number): void {
    if (first <= from && to <= last) {
      added[node] = (added[node] as number) + by;
      return;
    }
    const middle = (from + to) >> 1;
    if (first <= middle) change(2 * node, from, middle, first, last, by);
    if (last > middle) change(2 * node + 1, middle + 1, to, first, last, by);
    most[node] = Math.max(at(2 * node), at(2 * node + 1));
  }

  return {
    add(first, last, by) {
      if (by !== 0 && first <= last) change(1, 0, leaves - 1, first, last, by);
    },
    get highest() {
      return at(1);
    },
    get summit() {
      let node = 1;
      while (node < leaves) node = at(2 * node) >= at(2 * node + 1) ? 2 * node : 2 * node + 1;
      return node - leaves;
    },
  };
}
