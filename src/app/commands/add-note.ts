import { addNote } from '../../graph/edits/set-note.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const addNoteCommand: Command = {
  id: 'edit.addNote',
  title: texts.commands.addNote,
  group: 'edit',
  keys: ['Shift+N'],

  enabled: ({ canvas, scope }) => canvas.current !== null && scope()?.readOnly === false,
  run: ({ canvas, document, edit, look, scope }) => {
    const at = canvas.current?.placeForNew() ?? [0, 0];
    // Ends when it is written.
    document.beginGesture(texts.edits.note);
    const id = edit(texts.edits.note, (draft) => addNote(draft, scope()?.block ?? '', '', at));
    look({ selection: [], selectedEdges: [], selectedNotes: [id], overlay: { kind: 'note', id } });
  },
};
