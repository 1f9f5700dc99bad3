import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { selectedBlock } from './support/selection.ts';

export const ungroupCommand: Command = {
  id: 'structure.ungroup',
  title: texts.commands.ungroup,
  group: 'structure',
  keys: ['Mod+Shift+G'],
  enabled: (workbench) => selectedBlock(workbench) !== null && workbench.scope()?.readOnly === false,
  run: async (workbench) => (await import('./support/structure.ts')).ungroupSelection(workbench),
};
