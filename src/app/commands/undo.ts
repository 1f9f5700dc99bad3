import { Undo2 } from 'lucide-react';
import type { History } from '../../graph/history.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const undoCommand: Command = {
  id: 'edit.undo',
  title: texts.commands.undo,
  group: 'edit',
  keys: ['Mod+Z'],
  icon: Undo2,
  titleNow({ document }) {
    const label = document.store.getState().history.undo.at(-1)?.label;
    return label === undefined ? texts.commands.undo : texts.commands.undoWhat(label);
  },
  enabled: ({ document }) => hasUndo(document.store.getState().history),
  run: async (workbench) => {
    const edit = workbench.document.undo();
    if (edit !== null) await (await import('../state/run-edits.ts')).takeBack(workbench, edit);
  },
};

function hasUndo({ undo, gesture }: History): boolean {
  return undo.length > 0 || gesture !== null;
}
