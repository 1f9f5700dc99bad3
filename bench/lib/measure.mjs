// Timing one subject: batches of about `batchMs`, so that coarse clocks do not matter.

/**
 * Times one call from batches until `budgetMs` are over.
 * @returns {Promise<{ times: number[], runs: number }>} milliseconds a call, one number a batch, and all calls that were made
 */
export async function measure(run, { budgetMs, batchMs = 4 }) {
  const times = [];
  let runs = 0;
  const start = performance.now();
  let rounds = 1;
  do {
    const from = performance.now();
    for (let i = 0; i < rounds; i++) {
      const pending = run();
      if (pending instanceof Promise) await pending;
    }
    const took = performance.now() - from;
    runs += rounds;
    if (took < batchMs / 2) {
      rounds *= took < batchMs / 16 ? 8 : 2;
      continue;
    }
    times.push(took / rounds);
  } while (performance.now() - start < budgetMs || times.length === 0);
  return { times, runs };
}

/** Runs until times have settled: the best of a window no longer improves by 3 %, or the limit is reached. */
export async function warmUp(run, { limitMs = 6000, windowMs = 250 } = {}) {
  const start = performance.now();
  let best = Number.POSITIVE_INFINITY;
  let still = 0;
  while (performance.now() - start < limitMs && still < 3) {
    const now = Math.min(...(await measure(run, { budgetMs: windowMs })).times);
    still = now > best * 0.97 ? still + 1 : 0;
    best = Math.min(best, now);
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function quantile(numbers, q) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
