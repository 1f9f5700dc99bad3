// A priority queue of whole numbers from which the one of least weight is taken first, of equal weights the least number: a binary heap.

export interface PriorityQueue {
  add(item: number, weight: number): void;
  /** -1 when empty. */
  take(): number;
}

/** Empty; adding and taking cost the logarithm of the length. */
export function createPriorityQueue(): PriorityQueue {
  const items: number[] = [];
  const weights: number[] = [];
  const isBefore = (a: number, b: number): boolean => {
    const less = (weights[a] as number) - (weights[b] as number);
    return less < 0 || (less === 0 && (items[a] as number) < (items[b] as number));
  };
  const swap = (a: number, b: number): void => {
    const [item, weight] = [items[a] as number, weights[a] as number];
    items[a] = items[b] as number;
    weights[a] = weights[b] as number;
    items[b] = item;
    weights[b] = weight;
  };
  return {
    add(item, weight) {
      let at = items.push(item) - 1;
      weights.push(weight);
      for (let above = (at - 1) >> 1; at > 0 && isBefore(at, above); above = (at - 1) >> 1) {
        swap(at, above);
        at = above;
      }
    },
    take() {
      const last = items.length - 1;
      if (last < 0) return -1;
      swap(0, last);
      const taken = items.pop() as number;
      weights.pop();
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let least = at;
        if (left < last && isBefore(left, least)) least = left;
        if (right < last && isBefore(right, least)) least = right;
        if (least === at) return taken;
        swap(at, least);
        at = least;
      }
    },
  };
}
