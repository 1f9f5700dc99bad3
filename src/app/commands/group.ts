import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const groupCommand: Command = {
  id: 'structure.group',
  title: texts.commands.group,
  group: 'structure',
  keys: ['Mod+G'],
  enabled: ({ view, scope }) => view.getState().selection.length > 0 && scope()?.readOnly === false,
  run: async (workbench) => void (await (await import('./support/structure.ts')).groupSelection(workbench)),
};
