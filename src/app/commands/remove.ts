import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { deleteSelection } from './support/selection.ts';

export const removeCommand: Command = {
  id: 'edit.remove',
  title: texts.commands.remove,
  group: 'edit',
  keys: ['Delete', 'Backspace'],

  enabled: ({ view, scope }) => {
    const { selection, selectedEdges, selectedNotes } = view.getState();
    return scope()?.readOnly === false && selection.length + selectedEdges.length + selectedNotes.length > 0;
  },
  run: (workbench) => deleteSelection(workbench, texts.edits.remove),
};
