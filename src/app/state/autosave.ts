// Keeps the document in this browser: a second after the last change, and at once when the page is left. Each tab keeps its
// own document; a new tab starts from the one kept last. A page that is being left cannot wait for the database, so what is
// not yet kept then goes through the storage that writes at once, and into the database at the next start.
import type { DBSchema } from 'idb';
import type { GraphFile } from '../../graph/schema.ts';
import { browserDatabase } from './browser-database.ts';

/** What is kept of a document. `graph` is read like a foreign file when it comes back. */
export interface KeptDocument {
  readonly id: string;
  readonly graph: GraphFile;
  readonly view: unknown;
  /** What was wrong with the file that it was read from. */
  readonly faults?: unknown;
  /** Its numbers came with a file: without them it is another network. */
  readonly model?: boolean;
  readonly savedAt: number;
}

export interface DocumentKeeper {
  keep(document: KeptDocument): Promise<void>;
  /** Like `keep`, done when it returns: for a page that is being left. */
  keepAtOnce(document: KeptDocument): void;
  /** The one of that id, or else the one kept last; undefined when there is none or storage is refused. */
  recall(id: string | null): Promise<KeptDocument | undefined>;
}

interface Schema extends DBSchema {
  documents: { key: string; value: KeptDocument; indexes: { savedAt: number } };
}

/** Older documents than these many are forgotten. */
const mostKept = 20;

export function createDocumentKeeper(
  leaving: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  name = 'chainrule',
): DocumentKeeper {
  const leavingKey = `${name}.leaving`;
  const { open: database, exists } = browserDatabase<Schema>(name, (db) => {
    db.createObjectStore('documents', { keyPath: 'id' }).createIndex('savedAt', 'savedAt');
  });
  const keep = async (document: KeptDocument): Promise<void> => {
    const db = await database();
    await db.put('documents', document);
    const keys = await db.getAllKeysFromIndex('documents', 'savedAt');
    for (const key of keys.slice(0, -mostKept)) await db.delete('documents', key);
  };

  /** Moves what a page left behind into the database, unless that holds something newer. */
  const bringIn = async (): Promise<void> => {
    const text = leaving.getItem(leavingKey);
    if (text === null) return;
    const left = JSON.parse(text) as KeptDocument;
    const kept = await (await database()).get('documents', left.id);
    if (kept === undefined || kept.savedAt < left.savedAt) await keep(left);
    if (leaving.getItem(leavingKey) === text) leaving.removeItem(leavingKey);
  };

  return {
    keep,
    keepAtOnce(document) {
      try {
        leaving.setItem(leavingKey, JSON.stringify(document));
      } catch {
        // Too large for this storage: the database may still be quick enough.
      }
      void keep(document).catch(() => undefined);
    },
    async recall(id) {
      try {
        await bringIn();
        if (!(await exists())) return undefined;
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
