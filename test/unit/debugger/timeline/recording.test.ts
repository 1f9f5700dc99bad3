// Snapshots in bounded memory: every 2^k-th iteration, the pinned ones always, those nearby first to go.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRecording } from '../../../../src/debugger/timeline/recording.ts';
import { createSnapshotMemory } from '../../../../src/debugger/timeline/snapshot-memory.ts';

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
    // Single slow ones tell of other programs.
    for (let i = 0; i < 200; i++) recording.spent(i % 4 === 3 ? 500 : 1, 1);
    expect(recording.interval).toBe(64);
    // Where it takes a lasting tenth of that they stand closer again.
    for (let i = 0; i < 400; i++) recording.spent(0.1, 1);
    expect(recording.interval).toBeLessThanOrEqual(16);
    expect(recording.interval).toBeGreaterThanOrEqual(8);
  });
});

describe('memory for snapshots', () => {
  test('is a few pieces for hundreds of them, grows with them, is used again and given back', () => {
    const memory = createSnapshotMemory();
    const size = 1000;
    const rooms = Array.from({ length: 300 }, () => memory.take(size, 1e6));
    expect(new Set(rooms.map(({ buffer }) => buffer)).size).toBeLessThan(12);
    expect(memory.bytes).toBeGreaterThanOrEqual(300 * size);
    expect(memory.bytes).toBeLessThan(600 * size);
    for (const [i, room] of rooms.entries()) room.fill(i % 251);
    expect(rooms.every((room, i) => room.length === size && room.every((byte) => byte === i % 251))).toBe(true);
    const held = memory.bytes;
    for (const room of rooms.splice(0, 100)) memory.give(room);
    for (let i = 0; i < 100; i++) rooms.push(memory.take(size, 1e6));
    expect(memory.bytes).toBeLessThanOrEqual(held);
    for (const room of rooms) memory.give(room);
    expect(memory.bytes).toBeLessThan(held);
    // Near the limit no more is cut than there may be.
    const tight = createSnapshotMemory();
    for (let left = 10; left > 0; left--) tight.take(size, left * size);
    expect(tight.bytes).toBe(10 * size);
  });

  test('goes together where the limit shrinks: what is left keeps its contents', () => {
    const recording = createRecording();
    for (let at = 0; at < 64; at++) recording.put(1, at, state(at));
    recording.limitBytes = 64 * 10;
    const { snapshots } = recording;
    expect(snapshots.length).toBeLessThanOrEqual(10);
    expect(new Set(snapshots.map(({ bytes }) => bytes.buffer)).size).toBeLessThan(4);
    for (const { iteration, bytes } of snapshots) expect(bytes[7]).toBe(iteration % 251);
  });
});
