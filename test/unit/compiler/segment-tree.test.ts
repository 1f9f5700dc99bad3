// Heights under ranges that come and go, against plain loops.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPriorityQueue } from '../../../src/compiler/passes/priority-queue.ts';
import { createSegmentTree } from '../../../src/compiler/passes/segment-tree.ts';

test('the highest place is known after every change', () => {
  const change = fc.tuple(fc.nat(40), fc.nat(40), fc.integer({ min: -50, max: 50 }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 41 }), fc.array(change, { maxLength: 30 }), (length, changes) => {
      const tree = createSegmentTree(length);
      const heights = new Array<number>(length).fill(0);
      for (const [a, b, by] of changes) {
        const [first, last] = [a % length, b % length];
        tree.add(first, last, by);
        for (let at = first; at <= last; at++) heights[at] = (heights[at] as number) + by;
        const highest = Math.max(...heights);
        // Places behind the row are flat: they are never raised.
        if (highest < 0) continue;
        expect(tree.highest).toBe(highest);
        expect(tree.summit).toBe(heights.indexOf(highest));
      }
    }),
    { seed: 5 },
  );
});

test('a pile gives the lightest first, of equals the least', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.integer({ min: -3, max: 3 }))), (entries) => {
      const pile = createPriorityQueue();
      for (const [item, weight] of entries) pile.add(item, weight);
      const taken = Array.from({ length: entries.length + 1 }, () => pile.take());
      const sorted = [...entries].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([item]) => item);
      expect(taken).toEqual([...sorted, -1]);
    }),
    { seed: 5 },
  );
});
