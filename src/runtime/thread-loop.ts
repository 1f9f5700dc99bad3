// What threads share: words of memory on which they meet, and the loop of a thread beside the caller's. The functions refer to
// nothing outside themselves, for their texts are what a thread is started with. Spins first, since whoever sleeps is late.

/** Places of the control words; what different threads write in a hurry lies in different cache lines. */
export interface ControlWords {
  /** Rung for new runs and messages; idle threads sleep on it. */
  readonly bell: number;
  readonly idle: number;
  readonly messages: number;
  readonly runs: number;
  /** What to run: plan, first and last instruction. */
  readonly plan: number;
  readonly from: number;
  readonly to: number;
  /** Arrivals at meetings so far; those who wait long sleep on it. */
  readonly arrived: number;
  readonly sleepers: number;
  readonly failed: number;
  /** Messages handled, of thread t at `handled + t`. */
  readonly handled: number;
}

export const controlWords: ControlWords = {
  bell: 0,
  idle: 1,
  messages: 2,
  runs: 3,
  plan: 4,
  from: 5,
  to: 6,
  arrived: 16,
  sleepers: 32,
  failed: 33,
  handled: 48,
};
export const controlBytes = 512;

/** What a thread does with an instruction: nothing, leave it to the caller's thread, or its own part. */
export const nothing = 0;
export const alone = 1;
export const together = 2;

export interface ThreadPlan {
  readonly kinds: Uint8Array;
  /** Of kernels that are run together: module and name of the export. */
  readonly kernels: readonly ({ readonly module: number; readonly name: string } | null)[];
  /** Of instructions that are run together: kernel, and the arguments of this thread's part. */
  readonly parts: readonly ({ readonly kernel: number; readonly operands: readonly number[] } | null)[];
}

export interface ThreadMessage {
  readonly control: SharedArrayBuffer;
  readonly words: ControlWords;
  readonly thread: number;
  readonly threads: number;
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly WebAssembly.Module[];
  readonly plans: readonly ThreadPlan[];
}

type Invoke = (f: (...integers: number[]) => void, a: readonly number[]) => void;

/** Arrives, then returns when `target` arrivals have been counted. Throws where another thread has failed. */
export function meet(control: Int32Array, words: ControlWords, target: number, sleeps: boolean): void {
  if (((Atomics.add(control, words.arrived, 1) + 1) | 0) === target) {
    if (Atomics.load(control, words.sleepers) > 0) Atomics.notify(control, words.arrived);
    return;
  }
  for (let spins = 0; ((Atomics.load(control, words.arrived) - target) | 0) < 0; spins++) {
    if (spins < 20_000) continue;
    if (Atomics.load(control, words.failed) > 0) throw new Error('a thread has failed');
    if (!sleeps) continue;
    Atomics.add(control, words.sleepers, 1);
    const seen = Atomics.load(control, words.arrived);
    if (((seen - target) | 0) < 0) Atomics.wait(control, words.arrived, seen, 1000);
    Atomics.sub(control, words.sleepers, 1);
  }
}

/** Calls with an array of arguments without making another array. */
export function invoke(f: (...integers: number[]) => void, a: readonly number[]): void {
  switch (a.length) {
    case 4:
      f(a[0]!, a[1]!, a[2]!, a[3]!);
      return;
    case 5:
      f(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!);
      return;
    case 6:
      f(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!);
      return;
    case 7:
      f(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!);
      return;
    case 8:
      f(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!);
      return;
    case 9:
      f(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!);
      return;
    case 10:
      f(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!, a[9]!);
      return;
    default:
      f(...a);
  }
}

/** Takes messages from `listen`; between them runs its parts of what the caller's thread runs. */
export function threadLoop(
  listen: (handle: (message: ThreadMessage) => void) => void,
  call: Invoke,
  arrive: typeof meet,
): void {
  let target = 0;
  let runs = 0;
  let messages = 0;

  function runPart(
    control: Int32Array,
    message: ThreadMessage,
    plan: ThreadPlan,
    functions: readonly (WebAssembly.ExportValue | null | undefined)[],
  ): void {
    const { words, threads } = message;
    const to = Atomics.load(control, words.to);
    let pending = false;
    for (let i = Atomics.load(control, words.from); i < to; i++) {
      const kind = plan.kinds[i];
      if (kind === 1) pending = true;
      if (kind !== 2) continue;
      if (pending) {
        target = (target + threads) | 0;
        arrive(control, words, target, true);
        pending = false;
      }
      const part = plan.parts[i];
      if (part) call(functions[part.kernel] as (...integers: number[]) => void, part.operands);
      target = (target + threads) | 0;
      arrive(control, words, target, true);
    }
  }

  listen((message) => {
    const { words, thread, memory } = message;
    const control = new Int32Array(message.control);
    messages++;
    try {
      const instances = message.modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }));
      const functions = message.plans.map((plan) =>
        plan.kernels.map((kernel) => kernel && instances[kernel.module]?.exports[kernel.name]),
      );
      Atomics.store(control, words.handled + thread, messages);
      for (;;) {
        const rung = Atomics.load(control, words.bell);
        if (Atomics.load(control, words.messages) !== messages) return;
        const wanted = Atomics.load(control, words.runs);
        if (wanted !== runs) {
          runs = wanted;
          const plan = Atomics.load(control, words.plan);
          runPart(control, message, message.plans[plan] as ThreadPlan, functions[plan] ?? []);
          continue;
        }
        let spins = 0;
        while (Atomics.load(control, words.bell) === rung && spins < 20_000) spins++;
        if (spins < 20_000) continue;
        Atomics.add(control, words.idle, 1);
        Atomics.wait(control, words.bell, rung);
        Atomics.sub(control, words.idle, 1);
      }
    } catch (fault) {
      Atomics.store(control, words.failed, 1);
      Atomics.notify(control, words.arrived);
      throw fault;
    }
  });
}
