// The engine behind a worker's boundary. Large answers are transferred, not copied.
import * as Comlink from 'comlink';
import { createKernelLibrary } from '../kernels/library.ts';
import { isCandidate, tuneTile } from '../kernels/tune.ts';
import { optimizers } from '../operators/optimizers/registry.generated.ts';
import { operators } from '../operators/registry.generated.ts';
import { createThreads } from '../runtime/threads.ts';
import { createEngine } from './engine.ts';
import type { EngineEvent } from './protocol.ts';
import type { WorkerApi } from './worker-api.ts';

declare const self: DedicatedWorkerGlobalScope & { readonly crossOriginIsolated: boolean };
/** Only where the page came over a safe connection. */
declare const navigator: { readonly locks?: LockManager; readonly hardwareConcurrency?: number };

/** More gain little on networks of this size, and the page wants to be drawn. */
const mostThreads = 4;

const listeners = new Set<(event: EngineEvent) => void>();
const library = createKernelLibrary({ shared: self.crossOriginIsolated === true });
const engine = createEngine({
  registry: { operators, optimizers },
  shared: self.crossOriginIsolated === true,
  library,
  threads: self.crossOriginIsolated
    ? createThreads({ count: Math.min(mostThreads, navigator.hardwareConcurrency ?? 1) })
    : null,
  emit: (event) => {
    for (const listener of listeners) listener(event);
  },
});

const exposed: WorkerApi = {
  ...engine,
  async summaries(requests, theme) {
    const answer = await engine.summaries(requests, theme);
    return Comlink.transfer(
      answer,
      answer.summaries.flatMap((summary) => (summary.thumbnail ? [summary.thumbnail.data.buffer] : [])),
    );
  },
  async picture(request) {
    const answer = await engine.picture(request);
    return answer ? Comlink.transfer(answer, [answer.pixels.data.buffer, answer.values.buffer]) : answer;
  },
  async saliency(request) {
    const answer = await engine.saliency(request);
    return 'pixels' in answer ? Comlink.transfer(answer, [answer.pixels.data.buffer, answer.values.buffer]) : answer;
  },
  async read(name) {
    const answer = await engine.read(name);
    return answer ? Comlink.transfer(answer, [answer.data.buffer]) : answer;
  },
  async exportValue(name) {
    const answer = await engine.exportValue(name);
    return answer ? Comlink.transfer(answer, [answer.buffer]) : answer;
  },
  async exportFile(format, scope) {
    const answer = await engine.exportFile(format, scope);
    return answer.bytes ? Comlink.transfer(answer, [answer.bytes.buffer]) : answer;
  },
  listen(listener) {
    listeners.add(listener);
  },
  ping() {
    // the answer is the message
  },
  holdLock() {
    const { locks } = navigator;
    if (locks === undefined) return Promise.resolve(false);
    return new Promise((held) => {
      void locks.request(self.name, () => {
        held(true);
        return new Promise(() => undefined);
      });
    });
  },
  async tune(known) {
    const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 4));
    const tile = isCandidate(known) ? known : await tuneTile({ fma: library.fma, now: () => performance.now(), pause });
    library.setTile(tile);
    return tile;
  },
  /** For tests of recovery: ends the worker as a real crash would, without an answer. */
  crash() {
    self.close();
  },
};

Comlink.expose(exposed);
