// Keeps the document in this browser: a second after the last change, and at once when the page is left. Each tab keeps its
// own document; a new tab starts from the one kept last.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { GraphFile } from '../../graph/schema.ts';

/** What is kept of a document. `graph` is read like a foreign file when it comes back. */
export interface KeptDocument {
  readonly id: string;
  readonly graph: GraphFile;
  readonly view: unknown;
  readonly savedAt: number;
}

export interface DocumentKeeper {
  keep(document: KeptDocument): Promise<void>;
  /** The one of that id, or else the one kept last; undefined when there is none or storage is refused. */
  recall(id: string | null): Promise<KeptDocument | undefined>;
}

interface Schema extends DBSchema {
  documents: { key: string; value: KeptDocument; indexes: { savedAt: number } };
}

/** Older documents than these many are forgotten. */
const mostKept = 20;

export function createDocumentKeeper(name = 'chainrule'): DocumentKeeper {
  let opened: Promise<IDBPDatabase<Schema>> | undefined;
  const database = (): Promise<IDBPDatabase<Schema>> => {
    opened ??= openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('documents', { keyPath: 'id' }).createIndex('savedAt', 'savedAt');
      },
    });
    return opened;
  };
  return {
    async keep(document) {
      const db = await database();
      await db.put('documents', document);
      const keys = await db.getAllKeysFromIndex('documents', 'savedAt');
      for (const key of keys.slice(0, -mostKept)) await db.delete('documents', key);
    },
    async recall(id) {
      try {
        const db = await database();
        const own = id === null ? undefined : await db.get('documents', id);
        if (own !== undefined) return own;
        const cursor = await db.transaction('documents').store.index('savedAt').openCursor(null, 'prev');
        return cursor?.value;
      } catch {
        return undefined;
      }
    },
  };
}
