// Keeps the numbers of documents in this browser, each document's as one file of the engine's, which only the engine reads. A
// database of its own: an older page that is still open cannot hold it back. The oldest make room for new ones.
import type { DBSchema, IDBPDatabase } from 'idb';
import { browserDatabase } from './browser-database.ts';

export interface WeightKeeper {
  /** Throws where the browser refuses. */
  keep(document: string, file: Blob): Promise<void>;
  forget(document: string): Promise<void>;
  /** undefined when there is nothing, or storage is refused. */
  recall(document: string): Promise<Blob | undefined>;
  /** What is kept of one document is kept of another, too. */
  copy(from: string, to: string): Promise<void>;
}

interface KeptWeights {
  readonly id: string;
  readonly file: Blob;
  readonly savedAt: number;
}

interface Schema extends DBSchema {
  weights: { key: string; value: KeptWeights; indexes: { savedAt: number } };
}

/** Bytes of one document's numbers, and of all that are kept. */
export const mostKeptBytes = 256 * 2 ** 20;
const mostBytes = 2 * mostKeptBytes;

export function createWeightKeeper(name = 'chainrule.weights'): WeightKeeper {
  const { open: database, exists } = browserDatabase<Schema>(name, (db) => {
    db.createObjectStore('weights', { keyPath: 'id' }).createIndex('savedAt', 'savedAt');
  });

  /** The oldest go, without reading any: a stored file knows its size. */
  async function makeRoom(db: IDBPDatabase<Schema>, own: string, bytes: number): Promise<void> {
    let total = bytes;
    const all = await db.getAllFromIndex('weights', 'savedAt');
    for (const { id, file } of all.reverse()) {
      if (id === own) continue;
      total += file.size;
      if (total > mostBytes) await db.delete('weights', id);
    }
  }

  const keep = async (id: string, file: Blob): Promise<void> => {
    const db = await database();
    await makeRoom(db, id, file.size);
    await db.put('weights', { id, file, savedAt: Date.now() });
  };
  const recall = async (id: string): Promise<Blob | undefined> => {
    try {
      if (!(await exists())) return undefined;
      const found: unknown = (await (await database()).get('weights', id))?.file;
      return found instanceof Blob ? found : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    keep,
    recall,
    async forget(id) {
      if (!(await exists())) return;
      await (await database()).delete('weights', id);
    },
    async copy(from, to) {
      const file = await recall(from);
      if (file !== undefined) await keep(to, file);
    },
  };
}
