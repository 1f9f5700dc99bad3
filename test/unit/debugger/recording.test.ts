// Snapshots in bounded memory: every 2^k-th iteration, the pinned ones always, those nearby first to go.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRecording } from '../../../src/debugger/recording.ts';

const state = (iteration: number) => new Uint8Array(64).fill(iteration % 251);

describe('snapshots', () => {
  test('of a long run stay within the limit, evenly spread, with the contents of their iteration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 3, max: 40 }), (iterations, most) => {
        const recording = createRecording();
        recording.limitBytes = 64 * most;
        recording.put(1, 0, state(0), true);
        for (let at = 1; at <= iterations; at++) if (recording.wants(at)) recording.put(1, at, state(at));
        const { snapshots, interval, bytes } = recording;
        expect(bytes).toBe(64 * snapshots.length);
        expect(bytes).toBeLessThanOrEqual(recording.limitBytes);
        expect(Math.log2(interval) % 1).toBe(0);
        // All multiples that were wanted are there: as few as the limit asks for, and no fewer than half of it.
        expect(snapshots.map(({ iteration }) => iteration)).toEqual(
          Array.from({ length: Math.floor(iterations / interval) + 1 }, (_, i) => i * interval),
        );
        if (interval > 1) expect(snapshots.length).toBeGreaterThanOrEqual(Math.floor(most / 2));
        for (const { iteration, bytes: own } of snapshots) expect(own[7]).toBe(iteration % 251);
        for (const wanted of [0, 1, Math.floor(iterations / 2), iterations])
          expect(recording.nearest(1, wanted)?.iteration).toBe(wanted - (wanted % interval));
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test('of branches are apart; a branch can be forgotten', () => {
    const recording = createRecording();
    for (const [branch, iteration] of [
      [2, 5],
      [1, 0],
      [2, 3],
      [1, 9],
    ] as const)
      recording.put(branch, iteration, state(iteration));
    expect(recording.snapshots.map(({ branch, iteration }) => [branch, iteration])).toEqual([
      [1, 0],
      [1, 9],
      [2, 3],
      [2, 5],
    ]);
    expect(recording.nearest(2, 2)).toBeUndefined();
    expect(recording.nearest(2, 100)?.iteration).toBe(5);
    expect(recording.nearest(1, 8)?.iteration).toBe(0);
    recording.forget(1);
    expect(recording.nearest(1, 8)).toBeUndefined();
    expect(recording.bytes).toBe(128);
  });

  test('that are pinned stay, whatever the limit; those nearby go first', () => {
    const recording = createRecording();
    recording.limitBytes = 64 * 4;
    recording.put(1, 0, state(0), true);
    recording.put(1, 2, state(2));
    recording.putNear(1, 3, state(3));
    recording.putNear(1, 5, state(5));
    recording.putNear(1, 7, state(7));
    expect(recording.snapshots.map(({ iteration }) => iteration)).toEqual([0, 2, 3, 5]);
    recording.put(1, 8, state(8));
    expect(recording.snapshots.map(({ iteration }) => iteration)).toEqual([0, 2, 5, 8]);
    recording.limitBytes = 0;
    expect(recording.snapshots.map(({ iteration }) => iteration)).toEqual([0]);
    expect(recording.put(1, 16, state(16))).toBe(false);
    expect(recording.interval).toBe(16);
    expect(recording.put(2, 16, state(16), true)).toBe(true);
  });

  test('stand closer again once there is more room', () => {
    const recording = createRecording();
    recording.limitBytes = 64 * 2;
    for (let at = 0; at < 40; at++) if (recording.wants(at)) recording.put(1, at, state(at));
    expect(recording.interval).toBeGreaterThanOrEqual(32);
    recording.limitBytes = 64 * 100;
    for (let at = 40; at < 60; at++) if (recording.wants(at)) recording.put(1, at, state(at));
    expect(recording.interval).toBe(1);
    expect(recording.nearest(1, 53)?.iteration).toBe(53);
  });

  test('cost no more than their share of the time: rarer where copying is slow', () => {
    const recording = createRecording();
    for (let i = 0; i < 200; i++) recording.spent(1, 1);
    expect(recording.interval).toBe(64);
    for (let i = 0; i < 200; i++) recording.spent(i % 4 === 3 ? 500 : 1, 100);
    expect(recording.interval).toBe(64);
  });
});
