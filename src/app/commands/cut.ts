import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { startCopy } from './copy.ts';
import { deleteSelection } from './support/selection.ts';

export const cutCommand: Command = {
  id: 'edit.cut',
  title: texts.commands.cut,
  group: 'edit',
  keys: ['Mod+X'],

  enabled: ({ view, scope }) => view.getState().selection.length > 0 && scope()?.readOnly === false,
  run: async (workbench) => {
    if (await startCopy(workbench)) deleteSelection(workbench, texts.edits.cut);
  },
};
