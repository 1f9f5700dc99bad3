// Places of storages with known lifetimes, few and many; and the arenas of large networks against their lower bounds.
import { expect, test } from 'vitest';
import { graphOf } from '../../../bench/engines/ours.mjs';
import { resnet50, vgg16 } from '../../../bench/workloads/large.mjs';
import { peakOf, place, type Storage } from '../../../src/compiler/place.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { planOf } from '../../support/graphs.ts';

function randomStorages(count: number, longest: number, seed: number): Storage[] {
  const random = createRandom(seed, 'storages');
  return Array.from({ length: count }, () => {
    const first = random.integer(count);
    return { bytes: 64 * (1 + random.integer(40)), first, last: first + random.integer(longest), offset: -1 };
  });
}

/** Values of a forward pass that its backward pass needs, as a chain of layers has them. */
function nested(count: number): Storage[] {
  return Array.from({ length: count }, (_, i) => ({ bytes: 64, first: i, last: 2 * count - i, offset: -1 }));
}

function clashes(storages: readonly Storage[]): number {
  const byOffset = [...storages].sort((a, b) => a.offset - b.offset);
  let count = 0;
  byOffset.forEach((a, i) => {
    for (let j = i + 1; j < byOffset.length; j++) {
      const b = byOffset[j] as Storage;
      if (b.offset >= a.offset + a.bytes) break;
      if (a.first <= b.last && b.first <= a.last) count++;
    }
  });
  return count;
}

test.each([
  ['few', randomStorages(60, 20, 1), 1.05],
  ['some', randomStorages(900, 60, 2), 1.1],
  ['many, packed in time', randomStorages(6000, 200, 3), 1.15],
  ['many, one inside the other', nested(6000), 1],
])('%s: nothing overlaps, little is wasted', (_, storages, most) => {
  const top = place(storages);
  expect(clashes(storages)).toBe(0);
  expect(storages.every(({ offset }) => offset >= 0 && offset % 64 === 0)).toBe(true);
  expect(Math.max(...storages.map(({ offset, bytes }) => offset + bytes))).toBe(top);
  expect(top / peakOf(storages)).toBeLessThanOrEqual(most);
  expect(top / peakOf(storages)).toBeGreaterThanOrEqual(1);
});

test.each([
  ['ResNet-50', resnet50],
  ['VGG-16', vgg16],
] as const)('%s at 224×224: forward and training meet the bound, nearly', (_, make) => {
  const net = make();
  const retain = [`${net.output}.y`];
  const inference = planOf(graphOf({ net, kind: 'forward' }), { mode: 'eval', retain, gradients: 'none' });
  const training = planOf(graphOf({ net, kind: 'step' }), { retain: [], gradients: 'training' });
  expect(inference.instructions.length).toBeGreaterThan(20);
  for (const { arena } of [inference, training]) {
    expect(arena.scratchBytes / arena.lowerBoundBytes).toBeLessThanOrEqual(1.1);
    expect(arena.scratchBytes).toBeGreaterThanOrEqual(arena.lowerBoundBytes);
  }
});
