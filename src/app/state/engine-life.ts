// The engine's worker, and another where it dies. Who waits for one that died is answered null; what becomes of the run is the
// link's.
import type { EngineApi, EngineEvent } from '../../engine/protocol.ts';
import type { CreateEngineClient, EngineClient } from './engine-port.ts';

export interface EngineLifeOptions {
  readonly createClient: CreateEngineClient;
  readonly onEvent: (event: EngineEvent) => void;
  /** It died; another has been started in its place. */
  readonly onCrash: () => void;
  /** A question was answered by an exception: a fault of the engine. */
  readonly onFault: (message: string) => void;
}

export interface EngineLife {
  /** How many were started: tells one from the next. */
  readonly number: number;
  ask<T>(question: (api: EngineApi) => Promise<T>): Promise<T | null>;
  crashForTest(): void;
  dispose(): void;
}

export function createEngineLife({ createClient, onEvent, onCrash, onFault }: EngineLifeOptions): EngineLife {
  let disposed = false;
  let number = 0;
  let client: EngineClient;
  let crashed: Promise<null>;
  let stopListening: () => void = () => undefined;

  function start(): void {
    const own = createClient();
    client = own;
    number++;
    let tellCrash: (value: null) => void = () => undefined;
    crashed = new Promise((resolve) => {
      tellCrash = resolve;
    });
    const offEvent = own.onEvent((event) => own === client && onEvent(event));
    const offCrash = own.onCrash(() => {
      if (own !== client || disposed) return;
      tellCrash(null);
      stopListening();
      own.dispose();
      start();
      onCrash();
    });
    stopListening = () => {
      offEvent();
      offCrash();
    };
  }

  start();
  return {
    get number() {
      return number;
    },
    ask(question) {
      const own = client;
      return Promise.race([question(own.api), crashed]).catch((reason: unknown) => {
        if (own === client && !disposed) onFault(reason instanceof Error ? reason.message : String(reason));
        return null;
      });
    },
    crashForTest: () => client.crashForTest(),
    dispose() {
      disposed = true;
      stopListening();
      client.dispose();
    },
  };
}
