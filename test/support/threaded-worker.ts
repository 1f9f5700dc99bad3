// A worker of a page as the engine's is: trains on one thread and on several.
import { createThreads } from '../../src/runtime/threads.ts';
import { type Fingerprint, strictTraining } from './strict-training.ts';

export interface ThreadedTraining {
  readonly isolated: boolean;
  readonly one: readonly Fingerprint[];
  readonly two: readonly Fingerprint[];
  /** Iterations in which both took part. */
  readonly runs: number;
}

async function train(): Promise<ThreadedTraining> {
  const one = await strictTraining('lenet', 20, 10);
  const threads = createThreads({ count: 2, adaptive: false });
  const two = threads ? await strictTraining('lenet', 20, 10, threads) : [];
  const runs = threads?.runs ?? 0;
  threads?.end();
  return { isolated: crossOriginIsolated, one, two, runs };
}

void train().then((answer) => postMessage(answer));
