import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const duplicateCommand: Command = {
  id: 'edit.duplicate',
  title: texts.commands.duplicate,
  group: 'edit',
  keys: ['Mod+D'],

  enabled: ({ view, scope }) => view.getState().selection.length > 0 && scope()?.readOnly === false,
  run: async (workbench) => {
    const { duplicateNodes } = await import('../../graph/edits/clipboard.ts');
    const { view, edit, look, scope } = workbench;
    const ids = view.getState().selection;
    const block = scope()?.block ?? '';
    const fresh = edit(texts.edits.duplicate, (draft) => duplicateNodes(draft, block, ids, [40, 40]));
    look({ selection: fresh, selectedEdges: [] });
  },
};
