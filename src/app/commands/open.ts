import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const openCommand: Command = {
  id: 'file.open',
  title: texts.commands.open,
  group: 'file',
  keys: ['Mod+O'],
  whileTyping: true,
  enabled: () => true,
  run: async (workbench) => void (await (await import('./support/files.ts')).pickAndOpen(workbench)),
};
