import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const saveCommand: Command = {
  id: 'file.save',
  title: texts.commands.save,
  group: 'file',
  keys: ['Mod+S'],
  whileTyping: true,
  enabled: () => true,
  run: async (workbench) => (await import('./support/save-files.ts')).saveGraph(workbench),
};
