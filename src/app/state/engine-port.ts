// What the page needs of an engine: engine/client.ts makes the real one, tests give their own.
import type { EngineApi, EngineEvent } from '../../engine/protocol.ts';

export interface EngineClient {
  readonly api: EngineApi;
  /** Returns how to stop listening. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
  /** The worker died; every call under way will never answer. */
  onCrash(listener: (reason: string) => void): () => void;
  dispose(): void;
  crashForTest(): void;
}

export type CreateEngineClient = () => EngineClient;
