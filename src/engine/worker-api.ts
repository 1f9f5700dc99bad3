// What worker.ts exposes and client.ts wraps: beside both, so that the page's types do not reach the engine behind the worker.
import type { Tile } from '../kernels/emit/emitter.ts';
import type { EngineApi, EngineEvent } from './protocol.ts';

/** What the client sees: the contract, and how to listen. */
export type WorkerApi = EngineApi & {
  listen(listener: (event: EngineEvent) => void): void;
  ping(): void;
  /** Takes a lock of the worker's name for as long as it lives. Answers, once it has it, whether there are locks here. */
  holdLock(): Promise<boolean>;
  /** Takes the register tile that was found before on this engine, else finds the fastest; answers which. */
  tune(known: unknown): Promise<Tile>;
  crash(): void;
};
