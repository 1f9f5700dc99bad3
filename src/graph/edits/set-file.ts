import type { FileRecord } from '../document.ts';
import type { Draft } from '../edit.ts';

/** Changes name, description or seed of the graph. */
export function setFile(draft: Draft, patch: Partial<Pick<FileRecord['file'], 'name' | 'seed' | 'description'>>): void {
  const record = draft.get('file');
  if (record?.kind === 'file') draft.put({ ...record, file: { ...record.file, ...patch } });
}
