// Threads beside the caller's, over one shared memory: instructions that are worth it are split along their outputs, never along
// sums, so that results do not depend on the number of threads. Until they have answered, and where they do not win, plans run
// on the caller's thread alone. The plans of one workspace at a time.
import type { KernelFunction } from '../kernels/library.ts';
import { createPace, type Verdict } from './pace.ts';
import { startThread, type Thread } from './start-thread.ts';
import {
  alone,
  controlBytes,
  invoke,
  meet,
  nothing,
  type ThreadPlan,
  together,
  controlWords as words,
} from './thread-loop.ts';

/** One plan, ready to be run by several threads. */
export interface SharedPlan {
  /** Per instruction: nothing, alone or together. */
  readonly kinds: Uint8Array;
  /** Of the caller's thread. */
  readonly calls: readonly (KernelFunction | null)[];
  readonly operands: readonly (readonly number[])[];
  readonly kernels: ThreadPlan['kernels'];
  /** Of every thread, the caller's first: its parts of the instructions that are run together. */
  readonly parts: readonly ThreadPlan['parts'][];
}

export interface Threads {
  /** The caller's included. */
  readonly count: number;
  /** Takes the plans of a workspace in place of those before; answers how to run them: false where the caller must do so alone. */
  adopt(
    memory: WebAssembly.Memory,
    modules: readonly WebAssembly.Module[],
    plans: readonly SharedPlan[],
  ): readonly ((from: number, to: number) => boolean)[];
  /** Runs in which all of them took part. */
  readonly runs: number;
  /** Every thread knows the plans adopted last. */
  readonly ready: boolean;
  /** When it is so. */
  whenReady(): Promise<void>;
  end(): void;
}

/** Plans that others have displaced come back when they are run so often. */
const callsUntilClaim = 64;

export interface ThreadOptions {
  /** The caller's included. */
  readonly count: number;
  /** False: always together, even where that is slower. */
  readonly adaptive?: boolean;
}

/** Null where there are no threads to be had. */
export function createThreads({ count, adaptive = true }: ThreadOptions): Threads | null {
  if (typeof SharedArrayBuffer !== 'function' || count < 2) return null;
  const others: Thread[] = [];
  for (let i = 1; i < count; i++) {
    const thread = startThread();
    if (!thread) return null;
    others.push(thread);
  }
  const shared = new SharedArrayBuffer(controlBytes);
  const control = new Int32Array(shared);
  const sleeps = maySleep(control);
  let generation = 0;
  let target = 0;
  let ended = false;
  const verdict: Verdict = { wins: true };

  function isReady(): boolean {
    if (ended || generation === 0 || Atomics.load(control, words.failed) > 0) return false;
    for (let t = 1; t < count; t++) if (Atomics.load(control, words.handled + t) !== generation) return false;
    return true;
  }

  function ring(): void {
    Atomics.add(control, words.bell, 1);
    if (Atomics.load(control, words.idle) > 0) Atomics.notify(control, words.bell);
  }

  function runTogether(index: number, { kinds, calls, operands, parts }: SharedPlan, from: number, to: number): void {
    Atomics.store(control, words.plan, index);
    Atomics.store(control, words.from, from);
    Atomics.store(control, words.to, to);
    Atomics.add(control, words.runs, 1);
    ring();
    const own = parts[0] as ThreadPlan['parts'];
    let pending = false;
    for (let i = from; i < to; i++) {
      const kind = kinds[i];
      if (kind === nothing) continue;
      if (kind === alone) {
        invoke(calls[i] as KernelFunction, operands[i] as readonly number[]);
        pending = true;
        continue;
      }
      if (pending) {
        target = (target + count) | 0;
        meet(control, words, target, sleeps);
        pending = false;
      }
      invoke(calls[i] as KernelFunction, (own[i] as { operands: readonly number[] }).operands);
      target = (target + count) | 0;
      meet(control, words, target, sleeps);
    }
  }

  return {
    count,
    adopt(memory, modules, plans) {
      const common = { control: shared, words, threads: count, memory, modules };
      /** Generation in which these plans are known, and calls since others are. */
      let own = 0;
      let calls = 0;
      const claim = () => {
        own = ++generation;
        calls = 0;
        // Counted before it is sent: a thread that were quicker than the count would think another was on its way, and go for it.
        Atomics.store(control, words.messages, generation);
        for (const [i, thread] of others.entries()) {
          const known = plans.map(({ kinds, kernels, parts }) => ({ kinds, kernels, parts: parts[i + 1] ?? [] }));
          thread.post({ ...common, thread: i + 1, plans: known });
        }
        ring();
      };
      claim();
      return plans.map((plan, index) => {
        const before = runningCount(plan.kinds);
        const end = plan.kinds.length;
        const pace = adaptive ? createPace(() => performance.now(), verdict) : null;
        return (from, to) => {
          const first = from === 0;
          const last = to === end;
          const shares = before[to] !== before[from];
          // What has nothing to share matters to the pace only where an iteration begins or ends with it.
          if (ended || before[end] === 0 || !(shares || (pace && (first || last)))) return false;
          if (own !== generation && ++calls > callsUntilClaim) claim();
          if (own !== generation || !isReady()) return false;
          const wins = pace?.begin(first) ?? true;
          if (wins && shares) runTogether(index, plan, from, to);
          else runAlone(plan, from, to);
          pace?.end(last);
          return true;
        };
      });
    },
    get runs() {
      return Atomics.load(control, words.runs);
    },
    get ready() {
      return isReady();
    },
    async whenReady() {
      while (!ended && !isReady()) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    end() {
      ended = true;
      for (const thread of others) thread.end();
    },
  };
}

function runAlone({ calls, operands }: SharedPlan, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const call = calls[i];
    if (call) invoke(call, operands[i] as readonly number[]);
  }
}

/** A page's own thread may not: it spins. */
function maySleep(control: Int32Array): boolean {
  try {
    Atomics.wait(control, words.arrived, -1, 0);
    return true;
  } catch {
    return false;
  }
}

/** How many of the instructions before each one are run together. */
function runningCount(kinds: Uint8Array): Int32Array {
  const counts = new Int32Array(kinds.length + 1);
  kinds.forEach((kind, i) => {
    counts[i + 1] = (counts[i] as number) + (kind === together ? 1 : 0);
  });
  return counts;
}
