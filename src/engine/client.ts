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
  dispose(): void;
  /** Test hook: kills the worker. */
  crashForTest(): void;
}

/** A worker that does not answer a ping for this long, while no call is under way, is dead. */
const pingMs = 1500;

const methods: { readonly [K in keyof EngineApi]: true } = {
  readGraph: true,
  open: true,
  control: true,
  setBreakpoints: true,
  summaries: true,
  picture: true,
  saliency: true,
  setElements: true,
  read: true,
  expansion: true,
  planFacts: true,
  train: true,
  reset: true,
  dataSources: true,
  addData: true,
  saveWeights: true,
  loadWeights: true,
};

export function createEngineClient(): EngineClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'chainrule engine' });
  const remote = Comlink.wrap<WorkerApi>(worker);
  const events = new Set<(event: EngineEvent) => void>();
  const crashes = new Set<(message: string) => void>();
  const pending = new Set<(reason: Error) => void>();
  let dead = false;

  function die(message: string): void {
    if (dead) return;
    dead = true;
    clearInterval(pulse);
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

  // A worker that was closed sends no event: the page has to ask. Its loop turns every few milliseconds even while training.
  let unanswered = 0;
  const pulse = setInterval(() => {
    if (pending.size > 0) {
      unanswered = 0;
      return;
    }
    unanswered++;
    if (unanswered > 2) {
      die('the engine stopped answering');
      return;
    }
    void remote.ping().then(() => {
      unanswered = 0;
    });
  }, pingMs);

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
          call(...args)
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
    dispose() {
      dead = true;
      clearInterval(pulse);
      remote[Comlink.releaseProxy]();
      worker.terminate();
    },
    crashForTest() {
      void remote.crash();
    },
  };
}
