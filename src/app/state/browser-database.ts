// A database of the browser, opened on first need. The library that makes it bearable comes with it: whoever visits for the
// first time has nothing to be read, and does not wait for it.
import type { DBSchema, IDBPDatabase } from 'idb';

export interface BrowserDatabase<S extends DBSchema> {
  open(): Promise<IDBPDatabase<S>>;
  /** False where nothing was ever kept; true where browsers do not tell. */
  exists(): Promise<boolean>;
}

/** @param upgrade makes the stores of version 1 */
export function browserDatabase<S extends DBSchema>(
  name: string,
  upgrade: (db: IDBPDatabase<S>) => void,
): BrowserDatabase<S> {
  let opened: Promise<IDBPDatabase<S>> | undefined;
  return {
    open() {
      opened ??= import('idb').then(({ openDB }) => openDB<S>(name, 1, { upgrade }));
      return opened;
    },
    async exists() {
      if (opened !== undefined || indexedDB.databases === undefined) return true;
      const all = await indexedDB.databases();
      return all.some((each) => each.name === name);
    },
  };
}
