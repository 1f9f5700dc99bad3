import { uniqueId } from '../../language/identifier.ts';
import { noteKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { type Position, wholePixels } from '../position.ts';

/** Puts a note on the canvas. @returns its id */
export function addNote(draft: Draft, scope: ScopeName, text: string, position: Position): string {
  const id = uniqueId('note1', (each) => draft.get(noteKey(scope, each)) !== undefined);
  draft.putNote(scope, { id, text, position: wholePixels(position) });
  return id;
}

/** Of a note that is gone nothing changes. */
export function setNoteText(draft: Draft, scope: ScopeName, id: string, text: string): void {
  const record = draft.get(noteKey(scope, id));
  if (record?.kind === 'note') draft.putNote(scope, { ...record.note, text });
}
