// The page's end of the worker boundary: starts the worker, passes calls on, notices when it dies. A call that is under way
// when the worker dies is rejected, so that nobody waits for ever.
import * as Comlink from 'comlink';
import type { EngineApi, EngineEvent } from './protocol.ts';
import type { WorkerApi } from './worker-api.ts';

export interface EngineClient {
  readonly api: EngineApi;
  /** Answers a function that ends the subscription. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
  onCrash(listener: (message: string) => void): () => void;
  /** Takes what was answered before on this engine, else measures a moment; answers what to keep. */
  tune(known: unknown): Promise<unknown>;
  dispose(): void;
  /** Test hook: kills the worker. */
  crashForTest(): void;
}

/** Where there are no locks: a worker that does not answer pings for this long, while no call is under way, is dead. */
const pingMs = 1500;

const methods: { readonly [K in keyof EngineApi]: true } = {
  readGraph: true,
  open: true,
  control: true,
  setBreakpoints: true,
  breakpointFacts: true,
  setWatches: true,
  watches: true,
  summaries: true,
  picture: true,
  saliency: true,
  attributionMethods: true,
  setElements: true,
  read: true,
  exportValue: true,
  expansion: true,
  planFacts: true,
  explain: true,
  elementFields: true,
  gradientAccount: true,
  checkGradients: true,
  cancelGradientCheck: true,
  passes: true,
  passText: true,
  profile: true,
  cancelProfile: true,
  unitFacts: true,
  updateFacts: true,
  timeline: true,
  seek: true,
  switchBranch: true,
  renameBranch: true,
  removeBranch: true,
  setLearningRate: true,
  takeBack: true,
  firstTime: true,
  compareBranches: true,
  cancelSearch: true,
  lossCurve: true,
  setRecording: true,
  train: true,
  reset: true,
  dataSources: true,
  addData: true,
  openFile: true,
  exportFile: true,
  loadWeights: true,
  session: true,
  keepState: true,
};

/** A file's bytes move to the worker: nobody here needs them after. */
function transferred(argument: unknown): unknown {
  const bytes =
    argument instanceof Uint8Array
      ? argument
      : typeof argument === 'object' && argument !== null && 'bytes' in argument
        ? argument.bytes
        : undefined;
  return bytes instanceof Uint8Array ? Comlink.transfer(argument as object, [bytes.buffer as ArrayBuffer]) : argument;
}

/** Starts a worker. Calls reject when it dies; `onCrash` says so once. */
export function createEngineClient(): EngineClient {
  const name = `chainrule engine ${crypto.randomUUID()}`;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name });
  const remote = Comlink.wrap<WorkerApi>(worker);
  const events = new Set<(event: EngineEvent) => void>();
  const crashes = new Set<(message: string) => void>();
  const pending = new Set<(reason: Error) => void>();
  const waiting = new AbortController();
  let pulse: ReturnType<typeof setInterval> | undefined;
  let dead = false;

  function die(message: string): void {
    if (dead) return;
    dead = true;
    clearInterval(pulse);
    waiting.abort();
    for (const reject of pending) reject(new Error(message));
    pending.clear();
    for (const listener of crashes) listener(message);
  }

  worker.addEventListener('error', (event) => die(event.message || 'the engine could not be started'));
  worker.addEventListener('messageerror', () => die('an answer of the engine could not be read'));
  void remote.listen(
    Comlink.proxy((event: EngineEvent) => {
      for (const listener of events) listener(event);
    }),
  );

  // A worker that was closed sends no event. But it holds a lock for as long as it lives, however busy it is; whoever waits for
  // that lock learns of its death at once.
  void remote.holdLock().then((held) => {
    if (dead) return;
    if (!held) {
      startPulse();
      return;
    }
    navigator.locks
      .request(name, { signal: waiting.signal }, () => die('the engine stopped'))
      // Aborted: nobody wants to know any more.
      .catch(() => undefined);
  });

  function startPulse(): void {
    let unanswered = 0;
    pulse = setInterval(() => {
      if (pending.size > 0) {
        unanswered = 0;
        return;
      }
      unanswered++;
      if (unanswered > 2) die('the engine stopped answering');
      void remote.ping().then(() => {
        unanswered = 0;
      });
    }, pingMs);
  }

  const api = Object.fromEntries(
    Object.keys(methods).map((name) => [
      name,
      (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          if (dead) {
            reject(new Error('the engine is not running'));
            return;
          }
          pending.add(reject);
          const call = remote[name as keyof EngineApi] as unknown as (...given: unknown[]) => Promise<unknown>;
          call(...args.map(transferred))
            .then(resolve, reject)
            .finally(() => pending.delete(reject));
        }),
    ]),
  ) as unknown as EngineApi;

  return {
    api,
    onEvent(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    onCrash(listener) {
      crashes.add(listener);
      return () => crashes.delete(listener);
    },
    tune: (known) => remote.tune(known),
    dispose() {
      dead = true;
      clearInterval(pulse);
      waiting.abort();
      remote[Comlink.releaseProxy]();
      worker.terminate();
    },
    crashForTest() {
      void remote.crash();
    },
  };
}
