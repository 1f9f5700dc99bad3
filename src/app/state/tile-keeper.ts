// What the engine found out about this browser, kept for the next time: which register tile its kernels are fastest with. Another
// version of the browser is measured anew; the first time the engine has better things to do than to measure.

interface Tunable {
  tune(known: unknown): Promise<unknown>;
}

export const tileKey = 'chainrule.tile';
const patienceMs = 5000;

/** The same client, told what is known. */
export function withKeptTile<C extends Tunable>(
  client: C,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  browser: string = navigator.userAgent,
): C {
  const known = keptTile(storage, browser);
  if (known !== null) void client.tune(known).catch(() => undefined);
  else setTimeout(() => void measure(client, storage, browser), patienceMs);
  return client;
}

async function measure(client: Tunable, storage: Pick<Storage, 'setItem'>, browser: string): Promise<void> {
  try {
    const tile = await client.tune(null);
    storage.setItem(tileKey, JSON.stringify({ browser, tile }));
  } catch {
    // A dead engine or a full storage: the next start measures again.
  }
}

function keptTile(storage: Pick<Storage, 'getItem'>, browser: string): unknown {
  try {
    const kept = JSON.parse(storage.getItem(tileKey) ?? 'null') as { browser?: unknown; tile?: unknown } | null;
    return kept?.browser === browser ? (kept.tile ?? null) : null;
  } catch {
    return null;
  }
}
