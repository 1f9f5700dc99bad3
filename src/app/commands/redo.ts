import { Redo2 } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const redoCommand: Command = {
  id: 'edit.redo',
  title: texts.commands.redo,
  group: 'edit',
  keys: ['Mod+Shift+Z', 'Mod+Y'],
  icon: Redo2,
  titleNow({ document }) {
    const label = document.store.getState().history.redo.at(-1)?.label;
    return label === undefined ? texts.commands.redo : texts.commands.redoWhat(label);
  },
  enabled: ({ document }) => document.store.getState().history.redo.length > 0,
  run: async (workbench) => {
    const edit = workbench.document.redo();
    if (edit !== null) await (await import('../state/run-edits.ts')).doAgain(workbench, edit);
  },
};
