// Snapshots of the persistent region (parameters, state, slots, counters) at the start of iterations, in bounded memory: every
// 2^k-th iteration, k growing as memory fills. What a snapshot's iteration was, and how one gets from it to another, is forks.ts.
import { createSnapshotMemory } from './snapshot-memory.ts';

export interface Snapshot {
  readonly branch: number;
  readonly iteration: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Cannot be had otherwise: never dropped to save memory. */
  readonly pinned: boolean;
}

export interface Recording {
  /** By branch, then by iteration. */
  readonly snapshots: readonly Snapshot[];
  readonly bytes: number;
  limitBytes: number;
  /** Iterations from one snapshot to the next. */
  readonly interval: number;
  /** Whether a snapshot at the start of this iteration is due. */
  wants(iteration: number): boolean;
  /** Copies `state`. One that is there already is left. Answers false where there is no room. */
  put(branch: number, iteration: number, state: Uint8Array, pinned?: boolean): boolean;
  /** Beside the interval: for going back step by step from a place that was replayed to. The first to go. */
  putNear(branch: number, iteration: number, state: Uint8Array): void;
  /** The last of a branch at or before an iteration. */
  nearest(branch: number, iteration: number): Snapshot | undefined;
  /**
   * What copying costs of what the run costs is kept below a share: rarer snapshots where it is more. `iterationMs`: of the very
   * iteration before, so that both were measured under the same load.
   */
  spent(copyMs: number, iterationMs: number): void;
  forget(branch: number): void;
}

/** Share of training time that snapshots may take. */
const share = 0.02;
const drift = 1.1;
const mostSnapshots = 2048;
const mostNear = 24;
const mostInterval = 2 ** 20;

export const defaultLimitBytes = 256 * 2 ** 20;

/** Empty, with `defaultLimitBytes` to fill. */
export function createRecording(): Recording {
  let limitBytes = defaultLimitBytes;
  /** What memory has room for, and what time there is. */
  let roomy = 1;
  let timely = 1;
  let bytes = 0;
  /** The share of an iteration that a copy takes, and how many were heard of since the interval was set. */
  let ratio = 0;
  let heard = 0;
  let snapshots: Snapshot[] = [];
  let near: Snapshot[] = [];
  let memory = createSnapshotMemory();

  /** Index of the first snapshot behind (branch, iteration). */
  function place(branch: number, iteration: number): number {
    let [low, high] = [0, snapshots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const each = snapshots[middle] as Snapshot;
      if (each.branch < branch || (each.branch === branch && each.iteration <= iteration)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function release({ bytes: own }: Snapshot): void {
    bytes -= own.byteLength;
    memory.give(own);
  }

  function keepIf(keep: (snapshot: Snapshot) => boolean): void {
    const kept: Snapshot[] = [];
    for (const snapshot of snapshots) {
      if (keep(snapshot)) kept.push(snapshot);
      else release(snapshot);
    }
    snapshots = kept;
    near = near.filter((snapshot) => kept.includes(snapshot));
  }

  const interval = () => Math.max(roomy, timely);
  const isFull = (more: number) => bytes + more > limitBytes || snapshots.length >= mostSnapshots;

  function makeRoom(more: number): boolean {
    if (!isFull(more)) return true;
    const fixed = snapshots.reduce((sum, { pinned, bytes: own }) => sum + (pinned ? own.byteLength : 0), 0);
    // Dropping all the others would not help.
    if (more > 0 && fixed + more > limitBytes) return false;
    while (isFull(more) && near.length > 0) {
      const [oldest] = near;
      keepIf((snapshot) => snapshot !== oldest);
    }
    while (isFull(more) && roomy < mostInterval && snapshots.some(({ pinned }) => !pinned)) {
      roomy = 2 * interval();
      keepIf(({ pinned, iteration }) => pinned || iteration % roomy === 0);
    }
    return !isFull(more);
  }

  function insert(branch: number, iteration: number, state: Uint8Array, pinned: boolean): Snapshot {
    const own = memory.take(state.byteLength, limitBytes - bytes);
    own.set(state);
    const snapshot: Snapshot = { branch, iteration, bytes: own, pinned };
    const end = place(branch, iteration);
    if (end === snapshots.length) snapshots.push(snapshot);
    else snapshots.splice(end, 0, snapshot);
    bytes += own.byteLength;
    return snapshot;
  }

  /** What is left lies scattered: it goes together, so that the rest is given back. */
  function pack(): void {
    const packed = createSnapshotMemory();
    const moved = new Map<Snapshot, Snapshot>();
    let left = bytes;
    snapshots = snapshots.map((snapshot) => {
      const own = packed.take(snapshot.bytes.byteLength, left);
      left -= own.byteLength;
      own.set(snapshot.bytes);
      const next = { ...snapshot, bytes: own };
      moved.set(snapshot, next);
      return next;
    });
    near = near.flatMap((snapshot) => moved.get(snapshot) ?? []);
    memory = packed;
  }

  function nearest(branch: number, iteration: number): Snapshot | undefined {
    const found = snapshots[place(branch, iteration) - 1];
    return found?.branch === branch ? found : undefined;
  }

  const has = (branch: number, iteration: number) => nearest(branch, iteration)?.iteration === iteration;

  return {
    get snapshots() {
      return snapshots;
    },
    get bytes() {
      return bytes;
    },
    get limitBytes() {
      return limitBytes;
    },
    set limitBytes(limit) {
      // With more room the snapshots to come may stand closer.
      if (limit > limitBytes) roomy = 1;
      const less = limit < limitBytes;
      limitBytes = limit;
      makeRoom(0);
      if (less) pack();
    },
    get interval() {
      return interval();
    },
    wants: (iteration) => iteration % interval() === 0,
    put(branch, iteration, state, pinned = false) {
      if (has(branch, iteration)) return true;
      if (!makeRoom(state.byteLength) && !pinned) return false;
      // Making room may have made the interval longer.
      if (!pinned && iteration % interval() !== 0) return false;
      insert(branch, iteration, state, pinned);
      return true;
    },
    putNear(branch, iteration, state) {
      if (has(branch, iteration)) return;
      if (near.length >= mostNear) {
        const [oldest] = near;
        keepIf((snapshot) => snapshot !== oldest);
      }
      if (isFull(state.byteLength)) return;
      near.push(insert(branch, iteration, state, false));
    },
    nearest,
    spent(copyMs, iterationMs) {
      // A median, roughly: a slow one tells of other programs.
      const now = copyMs / Math.max(iterationMs, 1e-6);
      ratio = ratio === 0 ? now : ratio * (now > ratio ? drift : 1 / drift);
      heard++;
      if (heard < 8) return;
      if (ratio > share * timely && timely < mostInterval) timely *= 2;
      else if (heard >= 32 && timely > 1 && 4 * ratio < share * timely) timely /= 2;
      else return;
      heard = 0;
    },
    forget: (branch) => keepIf((snapshot) => snapshot.branch !== branch),
  };
}
