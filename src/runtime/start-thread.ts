// Starts a thread from the text of its loop: a worker of the page's or of Node's. No file of its own, so that a library in one
// file has threads, too.
import { invoke, meet, type ThreadMessage, threadLoop } from './thread-loop.ts';

export interface Thread {
  post(message: ThreadMessage): void;
  end(): void;
}

/** Node's worker_threads, of which this is used. */
interface NodeWorkers {
  readonly Worker: new (
    source: string,
    options: { readonly eval: true },
  ) => { postMessage(message: unknown): void; terminate(): void; unref(): void };
}

const loopText = (listen: string) => `(${threadLoop})(${listen}, ${invoke}, ${meet});`;

/** Null where there are no workers. */
export function startThread(): Thread | null {
  if (typeof Worker === 'function') {
    const text = loopText('(handle) => { self.onmessage = (event) => handle(event.data); }');
    const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    const worker = new Worker(address, { name: 'chainrule thread' });
    return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
  }
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const workers = process?.getBuiltinModule?.('worker_threads') as NodeWorkers | undefined;
  if (!workers) return null;
  const text = loopText(
    "(handle) => { process?.getBuiltinModule('worker_threads').parentPort.on('message', handle); }",
  );
  const worker = new workers.Worker(text, { eval: true });
  worker.unref();
  return { post: (message) => worker.postMessage(message), end: () => void worker.terminate() };
}
